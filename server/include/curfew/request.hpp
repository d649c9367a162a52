// The request that a handler answers.
#pragma once

#include <curfew/context.hpp>
#include <curfew/fields.hpp>
#include <curfew/http_error.hpp>
#include <curfew/method.hpp>
#include <curfew/query.hpp>
#include <curfew/task.hpp>

#include <boost/asio/buffer.hpp>
#include <nlohmann/json_fwd.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew {

namespace detail {
struct request_data;
bool parse_number(std::string_view text, long long& out) noexcept;
bool parse_number(std::string_view text, unsigned long long& out) noexcept;
bool parse_number(std::string_view text, double& out) noexcept;
}  // namespace detail

/// Refers to the request being answered. One pointer: pass it by value.
///
/// Strings returned by value are decoded and owned; a `std::string_view` shows bytes as the client sent them.
/// Thread safety: used on the request's loop only.
/// Lifetime:      the handle and its views are valid until the handler has ended; a streamed body included.
class request {
public:
    curfew::method   method() const noexcept;
    /// The whole request target, as sent.
    std::string_view target() const noexcept;
    /// The path, still percent-encoded. Begins with `/`.
    std::string_view path() const noexcept;
    /// What is behind the `?`, still encoded.
    std::string_view query_string() const noexcept;
    /// Host and port that the client addressed; empty only for HTTP/1.0.
    std::string_view host() const noexcept;
    /// 10 for HTTP/1.0, 11 for HTTP/1.1.
    unsigned         http_version() const noexcept;
    /// Address and port of the other side of the connection, which may be a proxy.
    std::string_view peer() const noexcept;
    /// The pattern of the route that was picked, with the prefixes it was mounted under; empty if there is none.
    std::string_view route() const noexcept;

    /// The first field of this name, whatever its case.
    std::optional<std::string_view> header(std::string_view name) const noexcept;
    /// All fields of this name, in order.
    std::vector<std::string_view>   header_all(std::string_view name) const;
    /// A copy of all fields.
    fields                          headers() const;
    /// The `Content-Type` without its parameters; empty if there is none.
    std::string_view                content_type() const noexcept;
    /// The announced size of the body; empty if there is no body, or if it is chunked.
    std::optional<std::uint64_t>    content_length() const noexcept;
    /// The cookie of this name, if the client sent one.
    std::optional<std::string>      cookie(std::string_view name) const;

    /// The value of a parameter of the route's pattern.
    ///
    /// Errors: `std::out_of_range` if the pattern has none of this name: a mistake in the program, answered with 500.
    std::string path_param(std::string_view name) const;

    /// The same, as a number. Errors: also `http_error` 400 if the value is none, or out of the type's range.
    template <class T>
        requires std::integral<T> || std::floating_point<T>
    T path_param_as(std::string_view name) const
    {
        return number<T>(path_param(name), "path parameter", name);
    }

    /// The parameters of the query. Errors: `http_error` 400 if its encoding is malformed; so do those below.
    query_params               query() const;
    /// The first value of a query parameter, or `fallback` if it is absent.
    std::string                query(std::string_view name, std::string_view fallback = {}) const;
    std::optional<std::string> find_query(std::string_view name) const;
    /// All values of a query parameter, in order.
    std::vector<std::string>   query_all(std::string_view name) const;

    /// The same, as a number. Errors: `http_error` 400 if the value is none, or out of the type's range.
    template <class T>
        requires std::integral<T> || std::floating_point<T>
    T query_as(std::string_view name, T fallback) const
    {
        const auto text = find_query(name);
        return text ? number<T>(*text, "query parameter", name) : fallback;
    }

    /// Lowers the limit on the size of the body: reading beyond it is a 413. A higher one than is in force changes nothing.
    void limit_body(std::uint64_t bytes) const noexcept;

    /// Reads what has arrived of the body, at least one byte.
    ///
    /// Returns:      the number of bytes; 0 at the end of the body.
    /// Errors:       the context's error; `http_error` 413 beyond the route's limit, 400 if the framing is broken, 408 if
    ///               the body comes too slowly.
    /// Cancellation: `ctx`.
    /// Lifetime:     `buffer` is borrowed until completion.
    task<std::size_t> read_some(context ctx, boost::asio::mutable_buffer buffer) const;

    /// Reads the body to its end. Errors, Cancellation: see `read_some`; `http_error` 413 beyond `limit`, too.
    task<std::string> read_all(context ctx, std::size_t limit = SIZE_MAX) const;

    /// Reads a body of `application/x-www-form-urlencoded`. Errors: also `http_error` 415 for another type, 400 if it
    /// is malformed.
    task<query_params> read_form(context ctx) const;

    /// Reads a body of JSON. Needs `<curfew/json.hpp>`.
    ///
    /// Errors: also `http_error` 415 unless the type is `application/json` or ends in `+json`; 400 if it cannot be parsed.
    task<nlohmann::json> read_json(context ctx) const;

    /// For curfew's own modules.
    explicit request(detail::request_data& data) noexcept : data_(&data) {}
    detail::request_data& data() const noexcept { return *data_; }

private:
    template <class T>
    static T number(std::string_view text, std::string_view what, std::string_view name)
    {
        using widest = std::conditional_t<std::floating_point<T>, double,
                                          std::conditional_t<std::signed_integral<T>, long long, unsigned long long>>;
        widest value{};
        bool   valid = detail::parse_number(text, value);
        if constexpr (std::integral<T>)
            valid = valid && std::in_range<T>(value);
        if (!valid)
            not_a_number(what, name);
        return static_cast<T>(value);
    }

    [[noreturn]] static void not_a_number(std::string_view what, std::string_view name);

    detail::request_data* data_;
};

}  // namespace curfew
