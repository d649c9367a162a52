// Ties a test to the statements of docs/reference/proofs.md that it proves.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace curfew::testing::detail {

/// The name of one statement, such as `C4`; one that tests/statements.txt does not list does not compile.
class statement {
public:
    consteval statement(const char* name) : name_(name)
    {
#ifdef CURFEW_STATEMENTS
        constexpr std::string_view listed = " " CURFEW_STATEMENTS " ";
        for (auto at = listed.find(name_); at != listed.npos; at = listed.find(name_, at + 1))
            if (listed[at - 1] == ' ' && listed[at + name_.size()] == ' ')
                return;
        throw "not a statement of tests/statements.txt";
#endif
    }

    std::string_view name() const { return name_; }

private:
    std::string_view name_;
};

inline void record_proofs(std::initializer_list<statement> proven)
{
    // One property for each, because GoogleTest keeps only the last value of a key.
    for (const auto& each : proven)
        ::testing::Test::RecordProperty("proves_" + std::string(each.name()), "yes");
}

}  // namespace curfew::testing::detail

/// Records in the test's report that it proves the named statements: `CURFEW_PROVES("W2", "W3");`, first line of its body.
///
/// The step `proofs` of the test run reads the reports. Only a test that ran, passed and was not skipped proves anything.
#define CURFEW_PROVES(...) ::curfew::testing::detail::record_proofs({__VA_ARGS__})
