// An order, and what is wrong with one.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace demo {

struct order {
    std::string   item;
    std::uint32_t qty = 0;
    std::string   note;  ///< May be empty.
};

/// One field of a document that cannot be accepted.
struct field_error {
    std::string pointer;  ///< Where it is: a JSON Pointer (RFC 6901).
    std::string detail;

    friend bool operator==(const field_error&, const field_error&) = default;
};

/// Reads `{"item": "lamp", "qty": 2, "note": "by friday"}`; the note may be left out.
///
/// Returns: the order, or everything that is wrong with the document.
std::variant<order, std::vector<field_error>> parse_order(const nlohmann::json& document);

}  // namespace demo
