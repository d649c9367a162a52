#include "order.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace demo {
namespace {

constexpr std::size_t   longest_item = 100;
constexpr std::size_t   longest_note = 500;
constexpr std::uint32_t most         = 1'000;

/// Looks at the members of one document and gathers what is wrong with them.
class order_reader {
public:
    explicit order_reader(const nlohmann::json& document) : document_(document) {}

    void read_text(const char* name, std::size_t shortest, std::size_t longest, std::string& value)
    {
        const auto* const member = find(name, shortest != 0);
        if (!member)
            return;
        const auto* const text = member->get_ptr<const std::string*>();
        if (text && text->size() >= shortest && text->size() <= longest)
            value = *text;
        else
            wrong(name, "must be a text of " + std::to_string(shortest) + " to " + std::to_string(longest) + " bytes");
    }

    void read_count(const char* name, std::uint32_t greatest, std::uint32_t& value)
    {
        const auto* const member = find(name, true);
        if (!member)
            return;
        const auto* const number = member->get_ptr<const nlohmann::json::number_unsigned_t*>();
        if (number && *number >= 1 && *number <= greatest)
            value = static_cast<std::uint32_t>(*number);
        else
            wrong(name, "must be a whole number from 1 to " + std::to_string(greatest));
    }

    /// A misspelt name should not go unnoticed.
    void refuse_others(std::initializer_list<std::string_view> known)
    {
        for (const auto& member : document_.items()) {
            if (std::ranges::find(known, member.key()) == known.end())
                wrong(member.key(), "is not a field of an order");
        }
    }

    std::vector<field_error>& errors() noexcept { return errors_; }

private:
    const nlohmann::json* find(const char* name, bool required)
    {
        const auto member = document_.find(name);
        if (member != document_.end())
            return &*member;
        if (required)
            wrong(name, "is missing");
        return nullptr;
    }

    void wrong(const std::string& name, std::string detail)
    {
        errors_.push_back({(nlohmann::json::json_pointer() / name).to_string(), std::move(detail)});
    }

    const nlohmann::json&    document_;
    std::vector<field_error> errors_;
};

}  // namespace

std::variant<order, std::vector<field_error>> parse_order(const nlohmann::json& document)
{
    if (!document.is_object())
        return std::vector{field_error{"", "must be an object"}};

    order        parsed;
    order_reader reader(document);
    reader.read_text("item", 1, longest_item, parsed.item);
    reader.read_count("qty", most, parsed.qty);
    reader.read_text("note", 0, longest_note, parsed.note);
    reader.refuse_others({"item", "qty", "note"});
    if (!reader.errors().empty())
        return std::move(reader.errors());
    return parsed;
}

}  // namespace demo
