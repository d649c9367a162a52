#include "config_file.hpp"

#include "usage_error.hpp"

#include <toml++/toml.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace demo {
namespace {

/// The text that a flag would have for this value; nothing if no flag could have it.
std::optional<std::string> as_text(const toml::node& value)
{
    if (const auto* text = value.as_string())
        return text->get();
    if (const auto* number = value.as_integer())
        return std::to_string(number->get());
    if (const auto* flag = value.as_boolean())
        return flag->get() ? "on" : "off";
    return std::nullopt;
}

setting::texts as_texts(const toml::node& value, const setting& about, const std::string& origin)
{
    setting::texts texts;
    const auto     add = [&](const toml::node& each) {
        auto text = as_text(each);
        if (!text)
            throw usage_error(origin + ": " + std::string(about.name) + " cannot have a value of this type");
        texts.push_back(std::move(*text));
    };
    if (const auto* array = value.as_array(); array && about.repeatable && !array->empty()) {
        for (const auto& each : *array)
            add(each);
    } else {
        add(value);
    }
    return texts;
}

}  // namespace

layer parse_config(std::string_view text, const std::string& path)
{
    const auto at = [&](const toml::source_region& place) { return path + ":" + std::to_string(place.begin.line); };
    try {
        layer      found;
        const auto table = toml::parse(text);
        for (const auto& [key, value] : table) {
            const auto origin = at(key.source());
            const auto about  = find_setting(key.str());
            if (!about)
                throw usage_error(origin + ": unknown key \"" + std::string(key.str()) + "\"");
            found[about->name] = {as_texts(value, *about, origin), origin};
        }
        return found;
    } catch (const toml::parse_error& error) {
        throw usage_error(at(error.source()) + ": " + std::string(error.description()));
    }
}

layer read_config_file(const std::string& path)
{
    const auto fail = [&] {
        throw std::runtime_error("read " + path + ": " + std::generic_category().message(errno));
    };
    std::ifstream file(path, std::ios::binary);
    if (!file)
        fail();
    // A folder can be opened, and fails here.
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (file.bad())
        fail();
    return parse_config(text, path);
}

}  // namespace demo
