// Finds and parses the head of a request in the bytes of a connection.
#pragma once

#include "refusal.hpp"
#include "request_head.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace curfew::detail {

/// What a request head may cost. Defaults: those of `server_options`.
struct head_limits
{
    std::uint32_t size   = 32 * 1024;  ///< Bytes up to and with the empty line that ends the head.
    std::uint32_t target = 16 * 1024;  ///< Bytes of the request target.
    std::uint32_t fields = 128;        ///< Field lines.
};

enum class parse_state : unsigned char
{
    need_more,  ///< The head is not complete.
    done,       ///< The head is complete and good.
    refused,    ///< The head is not HTTP/1, or more than the limits allow.
};

struct parse_result
{
    parse_state state    = parse_state::need_more;
    std::size_t consumed = 0;  ///< `done`: where the body, or the next request, begins.
    refusal why;               ///< `refused`: what to answer before closing.
};

/// Parses request heads, one after the other, without copying them.
///
/// Between two calls it remembers only how far it has looked, in a few integers, so that a connection may keep one for its
/// whole life and a client that sends one byte at a time costs no more than one that sends them all at once. The bytes may
/// move between calls. Whatever their split, the outcome is the same.
///
/// The grammar is that of RFC 9112 without its leniencies, as a request that two programs read differently is an attack:
/// lines end in CR LF, nothing is folded, and the length of the body is stated once.
class request_parser
{
public:
    /// Lifetime: `limits` are borrowed.
    explicit request_parser(const head_limits& limits) noexcept : limits_(&limits) {}

    /// Looks at all the bytes received since the last request ended.
    ///
    /// `bytes`: those of the last call, wherever they are now, and what has come since. A minor version above 1 is
    ///          rewritten there to 1, which is how it is to be taken.
    /// `table`: receives the fields. A smaller one than `limits.fields` lowers that limit.
    /// `head`:  is overwritten when the head is complete; its contents mean something only if the result is `done`.
    ///
    /// Preconditions: `reset()` since a result other than `need_more`.
    parse_result parse(std::span<char> bytes, std::span<field_view> table, request_head& head);

    /// Makes ready for the next head.
    void reset() noexcept { *this = request_parser(*limits_); }

    /// Tells whether a byte of a request has been seen since `reset()`. The empty line that may precede it is none.
    [[nodiscard]] bool started() const noexcept { return scanned_ > start_; }

private:
    parse_result scan(std::span<const char> bytes, std::size_t max_fields) noexcept;

    const head_limits* limits_;
    std::uint32_t start_   = 0;  // where the request line begins
    std::uint32_t line_    = 0;  // where the line being received begins
    std::uint32_t scanned_ = 0;  // up to here there is no other end of line
    std::uint32_t lines_   = 0;  // complete lines, the request line included
};

}  // namespace curfew::detail
