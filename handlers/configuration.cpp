#include "configuration.hpp"

#include "usage_error.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <stdexcept>

namespace demo {
namespace {

std::string variable_of(std::string_view setting_name)
{
    std::string name = "CURFEW_";
    for (const char c : setting_name)
        name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

setting::texts split(std::string_view list)
{
    setting::texts texts;
    for (std::size_t comma = 0; comma != list.npos;) {
        comma = list.find(',');
        texts.emplace_back(list.substr(0, comma));
        list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
    }
    return texts;
}

}  // namespace

layer read_environment(const std::function<const char*(const char*)>& find_variable)
{
    layer found;
    for (const auto& setting : all_settings()) {
        const auto        variable = variable_of(setting.name);
        const char* const text     = find_variable(variable.c_str());
        if (text && *text)
            found[setting.name] = {setting.repeatable ? split(text) : setting::texts{text}, variable};
    }
    return found;
}

configuration merge(std::initializer_list<layer> strongest_first)
{
    configuration merged;
    for (auto from = std::rbegin(strongest_first); from != std::rend(strongest_first); ++from) {
        for (const auto& [name, what] : *from) {
            try {
                find_setting(name)->read(merged.values, what.texts);
            } catch (const std::invalid_argument& error) {
                throw usage_error(what.origin + ": " + error.what());
            }
            merged.origins[name] = what.origin;
        }
    }
    return merged;
}

std::string to_toml(const configuration& merged)
{
    constexpr std::size_t comment_column = 40;

    std::string text;
    for (const auto& setting : all_settings()) {
        const auto origin = merged.origins.find(setting.name);
        const bool hidden = setting.secret && origin != merged.origins.end();
        auto line = hidden ? "# " + std::string(setting.name) + " is not shown"
                           : std::string(setting.name) + " = " + setting.write(merged.values);
        line.resize(std::max(line.size() + 1, comment_column), ' ');
        text += line + "# " + (origin == merged.origins.end() ? "default" : origin->second) + '\n';
    }
    return text;
}

}  // namespace demo
