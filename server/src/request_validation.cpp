#include "request_validation.hpp"

#include <curfew/detail/ascii.hpp>
#include <curfew/url.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <string>

namespace curfew::detail {

namespace {

constexpr bool is_hex_digit(char c) noexcept
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// `unreserved` and `sub-delims` of RFC 3986.
constexpr auto is_host_char = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}();

// How many bytes at the front of `text` can be a `reg-name` or an IPv4 address.
std::size_t name_length(std::string_view text) noexcept
{
    std::size_t at = 0;
    for (;;) {
        while (at < text.size() && is_host_char[static_cast<unsigned char>(text[at])]) {
            ++at;
        }
        if (text.size() - at < 3 || text[at] != '%' || !is_hex_digit(text[at + 1]) || !is_hex_digit(text[at + 2])) {
            return at;
        }
        at += 3;
    }
}

bool is_ipv6(std::string_view text) noexcept
{
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) {
        return false;
    }
    std::ranges::copy(text, terminated.begin());
    in6_addr address;
    return inet_pton(AF_INET6, terminated.data(), &address) == 1;
}

bool is_port(std::string_view text) noexcept
{
    if (text.empty() || text.size() > 5) {
        return false;
    }
    unsigned port = 0;
    for (const char c : text) {
        const auto digit = static_cast<unsigned>(c - '0');  // large for whatever is none
        if (digit > 9) {
            return false;
        }
        port = 10 * port + digit;
    }
    return port <= 65535;
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
        end = name_length(text);
    }
    text.remove_prefix(end);
    return end != 0;
}

// A name or an IPv4 address, then perhaps a port: nearly every Host field, judged in one pass.
bool is_plain_host(std::string_view text) noexcept
{
    const char* const begin = text.data();
    const char* const end   = begin + text.size();
    const char*       at    = begin;
    while (at != end && is_host_char[static_cast<unsigned char>(*at)]) {
        ++at;
    }
    return at != begin && (at == end || (*at == ':' && is_port({at + 1, end})));
}

// The Host field is the same in nearly every request that a thread sees: what was good is good again.
class known_host
{
public:
    bool is(std::string_view text) const noexcept
    {
        return text.size() == size_ && std::memcmp(text.data(), text_, size_) == 0;
    }
    void remember(std::string_view text) noexcept
    {
        if (text.size() > sizeof text_) {
            return;
        }
        size_ = text.size();
        std::ranges::copy(text, text_);
    }

private:
    char        text_[64] = {};
    std::size_t size_     = 0;
};

constinit thread_local known_host last_good_host;

// `host:port` as CONNECT has it: neither may be missing.
bool is_host_and_port(std::string_view text) noexcept
{
    return take_host(text) && text.size() > 1 && text.front() == ':' && is_port(text.substr(1));
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

std::optional<request_target> parse_absolute(method m, std::string_view target)
{
    const auto rest = without_scheme(target);
    if (!rest) {
        return std::nullopt;
    }
    const std::size_t end            = std::min(rest->find_first_of("/?"), rest->size());
    const std::string_view authority = rest->substr(0, end);
    const std::string_view behind    = rest->substr(end);
    if (authority.empty() || !is_host(authority)) {
        return std::nullopt;
    }
    if (behind.empty()) {
        // RFC 9112 §3.2.4: so the asterisk form looks to a proxy.
        return request_target{m == method::options ? "*" : "/", {}, authority};
    }
    if (behind.starts_with('?')) {
        return split_target("/" + std::string(behind)) ? std::optional(request_target{"/", behind.substr(1), authority})
                                                       : std::nullopt;
    }
    const auto parts = split_target(behind);
    return parts ? std::optional(request_target{parts->path, parts->query, authority}) : std::nullopt;
}

}  // namespace

std::optional<request_target> read_target(method m, std::string_view target)
{
    if (m == method::connect) {
        return is_host_and_port(target) ? std::optional(request_target{{}, {}, target}) : std::nullopt;
    }
    if (target == "*") {
        return m == method::options ? std::optional(request_target{target, {}, {}}) : std::nullopt;
    }
    if (const auto parts = split_target(target)) {
        return request_target{parts->path, parts->query, {}};
    }
    return parse_absolute(m, target);
}

bool is_host(std::string_view text) noexcept
{
    if (text.empty() || last_good_host.is(text)) {
        return true;
    }
    if (is_plain_host(text)) {
        last_good_host.remember(text);
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
