#include <curfew/method.hpp>

#include <gtest/gtest.h>

namespace curfew {
namespace {

constexpr method known[] = {method::get,     method::head,    method::post,  method::put,  method::delete_,
                            method::connect, method::options, method::trace, method::patch};

TEST(method, is_parsed_from_its_own_name)
{
    for (const auto m : known)
        EXPECT_EQ(parse_method(to_string(m)), m) << to_string(m);
    EXPECT_EQ(to_string(method::delete_), "DELETE");
}

TEST(method, is_unknown_in_another_case_or_with_another_name)
{
    for (const auto text : {"get", "Get", "GETS", "GE", "PROPFIND", "", " GET"})
        EXPECT_EQ(parse_method(text), method::unknown) << text;
    EXPECT_EQ(to_string(method::unknown), "");
}

TEST(method, is_idempotent_when_it_is_safe_or_replaces_or_deletes)
{
    for (const auto m : known) {
        const bool safe = m == method::get || m == method::head || m == method::options || m == method::trace;
        EXPECT_EQ(is_safe(m), safe) << to_string(m);
        EXPECT_EQ(is_idempotent(m), safe || m == method::put || m == method::delete_) << to_string(m);
    }
    EXPECT_FALSE(is_safe(method::unknown));
    EXPECT_FALSE(is_idempotent(method::unknown));
}

} // namespace
} // namespace curfew
