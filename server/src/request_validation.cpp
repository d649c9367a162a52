#include "request_validation.hpp"

#include <curfew/detail/ascii.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace curfew::detail {

namespace {

// Where a byte may stand; a `%` stands everywhere but counts only before two hexadecimal digits.
enum char_class : unsigned char
{
    in_host  = 1,
    in_path  = 2,
    in_query = 4,
};

constexpr auto classes = [] {
    std::array<unsigned char, 256> table{};
    const auto add = [&](std::string_view chars, int where) {
        for (const char c : chars) {
            table[static_cast<unsigned char>(c)] |= static_cast<unsigned char>(where);
        }
    };
    add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", in_host | in_path | in_query);
    add("!$&'()*+,;=", in_host | in_path | in_query);
    add("/:@[]^|", in_path | in_query);
    add("?{}\\`", in_query);
    return table;
}();

constexpr bool is_hex_digit(char c) noexcept
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// How many bytes at the front of `text` are of the class, whole percent-encoded ones included.
std::size_t prefix_of(char_class where, std::string_view text) noexcept
{
    std::size_t at = 0;
    while (at < text.size()) {
        if (classes[static_cast<unsigned char>(text[at])] & where) {
            at += 1;
        } else if (text[at] == '%' && text.size() - at > 2 && is_hex_digit(text[at + 1]) && is_hex_digit(text[at + 2])) {
            at += 3;
        } else {
            break;
        }
    }
    return at;
}

bool is_ipv6(std::string_view text) noexcept
{
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.size() >= terminated.size()) {
        return false;
    }
    std::ranges::copy(text, terminated.begin());
    in6_addr address;
    return inet_pton(AF_INET6, terminated.data(), &address) == 1;
}

bool is_port(std::string_view text) noexcept
{
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return text.size() <= 5 && end == text.data() + text.size() && error == std::errc{} && port <= 65535;
}

// Cuts a host that is not empty off the front of `text`; false if there is none. IPvFuture is in nobody's use.
bool take_host(std::string_view& text) noexcept
{
    std::size_t end = 0;
    if (text.starts_with('[')) {
        end = text.find(']');
        if (end == std::string_view::npos || !is_ipv6(text.substr(1, end - 1))) {
            return false;
        }
        ++end;
    } else {
        end = prefix_of(in_host, text);
    }
    text.remove_prefix(end);
    return end != 0;
}

// `host:port` as CONNECT has it: neither may be missing.
bool is_host_and_port(std::string_view text) noexcept
{
    return take_host(text) && text.size() > 1 && text.front() == ':' && is_port(text.substr(1));
}

// `path [ "?" query ]`. The path may be empty here.
bool split_path(std::string_view text, target_parts& parts) noexcept
{
    const std::size_t end = prefix_of(in_path, text);
    parts.path            = text.substr(0, end);
    if (end == text.size()) {
        return true;
    }
    if (text[end] != '?') {
        return false;
    }
    parts.query = text.substr(end + 1);
    return prefix_of(in_query, parts.query) == parts.query.size();
}

std::optional<std::string_view> without_scheme(std::string_view target) noexcept
{
    for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
        if (iequals(target.substr(0, scheme.size()), scheme)) {
            return target.substr(scheme.size());
        }
    }
    return std::nullopt;
}

std::optional<target_parts> split_absolute(method m, std::string_view target) noexcept
{
    const auto rest = without_scheme(target);
    if (!rest) {
        return std::nullopt;
    }
    const std::size_t end = std::min(rest->find_first_of("/?"), rest->size());
    target_parts parts;
    parts.authority = rest->substr(0, end);
    if (parts.authority.empty() || !is_host(parts.authority) || !split_path(rest->substr(end), parts)) {
        return std::nullopt;
    }
    if (parts.path.empty()) {
        // RFC 9112 §3.2.4: this is how the asterisk form looks to a proxy.
        parts.path = m == method::options && end == rest->size() ? "*" : "/";
    }
    return parts;
}

}  // namespace

std::optional<target_parts> split_target(method m, std::string_view target) noexcept
{
    target_parts parts;
    if (m == method::connect) {
        parts.authority = target;
        return is_host_and_port(target) ? std::optional(parts) : std::nullopt;
    }
    if (target.starts_with('/')) {
        return split_path(target, parts) ? std::optional(parts) : std::nullopt;
    }
    if (target == "*") {
        parts.path = target;
        return m == method::options ? std::optional(parts) : std::nullopt;
    }
    return split_absolute(m, target);
}

bool is_host(std::string_view text) noexcept
{
    if (text.empty()) {
        return true;
    }
    if (!take_host(text)) {
        return false;
    }
    // `host:` is in the grammar: the port may be empty.
    return text.empty() || text == ":" || (text.front() == ':' && is_port(text.substr(1)));
}

bool add_connection_options(std::string_view value, connection_options& options) noexcept
{
    while (!value.empty()) {
        const std::string_view option = trim(take_until(value, ','));
        if (iequals(option, "close")) {
            options.close = true;
        } else if (iequals(option, "keep-alive")) {
            options.keep_alive = true;
        } else if (iequals(option, "upgrade")) {
            options.upgrade = true;
        } else if (!option.empty() && !is_token(option)) {  // empty members are nothing: RFC 9110 §5.6.1.2
            return false;
        }
    }
    return true;
}

std::optional<std::uint64_t> parse_content_length(std::string_view value) noexcept
{
    std::uint64_t length    = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (error != std::errc{} || end != value.data() + value.size()) {
        return std::nullopt;
    }
    return length;
}

std::optional<refusal> refuse_transfer_encoding(std::string_view value) noexcept
{
    if (iequals(value, "chunked")) {
        return std::nullopt;
    }
    bool chunked = false;  // what the last coding seen is
    bool unknown = false;
    while (!value.empty()) {
        const std::string_view coding = trim(take_until(value, ','));
        if (chunked || !is_token(trim(coding.substr(0, coding.find(';'))))) {
            return refusals::transfer_encoding;
        }
        chunked = iequals(coding, "chunked");
        unknown = unknown || !chunked;
    }
    return chunked && unknown ? refusals::unknown_coding : refusals::transfer_encoding;
}

}  // namespace curfew::detail
