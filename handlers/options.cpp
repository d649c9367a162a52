#include "options.hpp"

#include "duration_text.hpp"

#include <curfew/url_origin.hpp>

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <stdexcept>

namespace demo {
namespace {

using curfew::log_format;
using curfew::log_level;
using std::chrono::milliseconds;

[[noreturn]] void refuse(const std::string& text, std::string_view expected)
{
    throw std::invalid_argument("\"" + text + "\" is not " + std::string(expected));
}

std::string quoted(const std::string& text)
{
    return (std::ostringstream() << toml::value<std::string>(text)).str();
}

// ---- one pair of functions for each type of value

void read_text(const std::string& text, unsigned& value)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > 1024)
        refuse(text, "a number from 0 to 1024");
}
std::string toml_text(unsigned value)
{
    return std::to_string(value);
}

void read_text(const std::string& text, milliseconds& value)
{
    const auto parsed = parse_duration(text);
    if (!parsed)
        refuse(text, "a duration such as 500ms, 2s or 1m, of at most 24h");
    value = *parsed;
}
std::string toml_text(milliseconds value)
{
    return quoted(format_duration(value));
}

void read_text(const std::string& text, bool& value)
{
    if (text != "on" && text != "off")
        refuse(text, "on or off");
    value = text == "on";
}
std::string toml_text(bool value)
{
    return quoted(value ? "on" : "off");
}

void read_text(const std::string& text, log_format& value)
{
    if (text != "text" && text != "json")
        refuse(text, "text or json");
    value = text == "json" ? log_format::json : log_format::text;
}
std::string toml_text(log_format value)
{
    return quoted(value == log_format::json ? "json" : "text");
}

constexpr std::array<std::pair<std::string_view, log_level>, 6> levels{{
    {"trace", log_level::trace},
    {"debug", log_level::debug},
    {"info", log_level::info},
    {"warn", log_level::warn},
    {"error", log_level::error},
    {"off", log_level::off},
}};

void read_text(const std::string& text, log_level& value)
{
    const auto level = std::ranges::find(levels, std::string_view(text), [](const auto& each) { return each.first; });
    if (level == levels.end())
        refuse(text, "trace, debug, info, warn, error or off");
    value = level->second;
}
std::string toml_text(log_level value)
{
    const auto level = std::ranges::find(levels, value, [](const auto& each) { return each.second; });
    return quoted(std::string(level->first));
}

// Text for which empty means none. Where an address can be listened on is the server's to say.
void read_text(const std::string& text, std::string& value)
{
    value = text == "off" ? "" : text;
}
std::string toml_text(const std::string& value)
{
    return quoted(value.empty() ? "off" : value);
}

std::string toml_text(const std::vector<std::string>& values)
{
    std::string list;
    for (const auto& each : values)
        list += (list.empty() ? "" : ", ") + quoted(each);
    return "[" + list + "]";
}

// ---- the same for a member of the options

template <auto member>
setting describe(std::string_view name, std::string_view value, std::string_view help)
{
    return {name, value, help, false, false,
            [](options& values, const setting::texts& texts) { read_text(texts.back(), values.*member); },
            [](const options& values) { return toml_text(values.*member); }};
}

template <auto member>
setting describe_secret(std::string_view name, std::string_view value, std::string_view help)
{
    auto described   = describe<member>(name, value, help);
    described.secret = true;
    return described;
}

void read_listen(options& values, const setting::texts& texts)
{
    values.listen = texts;
}
std::string write_listen(const options& values)
{
    return toml_text(values.listen);
}

void read_proxy_origins(options& values, const setting::texts& texts)
{
    values.proxy_origins.clear();
    if (texts == setting::texts{"off"})
        return;
    for (const auto& text : texts) {
        const auto origin = curfew::url_origin(text);
        if (!origin)
            refuse(text, "a URL such as http://127.0.0.1:8080");
        values.proxy_origins.push_back(*origin);
    }
}
std::string write_proxy_origins(const options& values)
{
    return values.proxy_origins.empty() ? quoted("off") : toml_text(values.proxy_origins);
}

}  // namespace

std::span<const setting> all_settings()
{
    static const std::array settings{
        setting{"listen", "ADDR:PORT", "Address of the service; repeatable. Also [ADDR6]:PORT, unix:PATH", true, false,
                read_listen, write_listen},
        describe<&options::admin>("admin", "ADDR:PORT|off", "Address of the admin listener"),
        describe_secret<&options::admin_token>("admin-token", "TOKEN|off", "Asked for by it; needed off the loopback"),
        describe<&options::threads>("threads", "N", "Threads, 0 for one per processor"),
        describe<&options::request_timeout>("request-timeout", "DURATION", "Deadline of a request that sets no sooner one"),
        describe<&options::drain_delay>("drain-delay", "DURATION", "Not ready but still accepting, when told to end"),
        describe<&options::drain_limit>("drain-limit", "DURATION", "For requests in flight, when told to end"),
        describe<&options::log_level>("log-level", "LEVEL", "trace, debug, info, warn, error or off"),
        describe<&options::log_format>("log-format", "text|json", "Layout of the log and the access log"),
        describe<&options::access_log>("access-log", "on|off", "One line for each request"),
        setting{"proxy-origin", "URL|off", "Service that /proxy may call; repeatable", true, false,
                read_proxy_origins, write_proxy_origins},
    };
    return settings;
}

const setting* find_setting(std::string_view name)
{
    const auto found = std::ranges::find(all_settings(), name, &setting::name);
    return found == all_settings().end() ? nullptr : &*found;
}

}  // namespace demo
