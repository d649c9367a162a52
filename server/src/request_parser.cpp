#include "request_parser.hpp"

#include "plain_head.hpp"
#include "request_validation.hpp"

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

namespace curfew::detail {

namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

// A method and a version beside the target.
constexpr std::uint32_t request_line_slack = 64;

constexpr parse_result refuse(const refusal& why) noexcept
{
    return {parse_state::refused, 0, why};
}

constexpr std::string_view view(boost::beast::string_view text) noexcept
{
    return {text.data(), text.size()};
}

constexpr known_field identify(http::field name) noexcept
{
    switch (name) {
    case http::field::host: return known_field::host;
    case http::field::connection: return known_field::connection;
    case http::field::content_length: return known_field::content_length;
    case http::field::transfer_encoding: return known_field::transfer_encoding;
    case http::field::expect: return known_field::expect;
    case http::field::upgrade: return known_field::upgrade;
    default: return known_field::other;
    }
}

// What Beast's error means to the client. Those that are not listed concern single fields.
constexpr refusal explain(http::error error) noexcept
{
    switch (error) {
    case http::error::bad_method:
    case http::error::bad_version: return refusals::request_line;
    case http::error::bad_target: return refusals::target;
    case http::error::bad_line_ending: return refusals::line_ending;
    case http::error::bad_content_length:
    case http::error::multiple_content_length: return refusals::content_length;
    case http::error::bad_transfer_encoding: return refusals::transfer_encoding;
    default: return refusals::field_line;
    }
}

// Beast's parser splits the head into tokens; what they mean, and whether they may stand there, is judged here.
class head_reader final : public http::basic_parser<true>
{
public:
    head_reader(const head_limits& limits, std::span<field_view> table, request_head& head)
        : limits_(limits), table_(table), head_(head)
    {
        // Limits are ours, and the body is not this parser's.
        header_limit(std::numeric_limits<std::uint32_t>::max());
        body_limit(boost::none);
        skip(true);
    }

    // Parses a whole head. Returns: why it is refused, if it is.
    std::optional<refusal> read(std::string_view bytes)
    {
        error_code error;
        put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
        if (refusal_) {
            return refusal_;
        }
        if (error) {
            error_ = static_cast<http::error>(error.value());
            return explain(*error_);
        }
        return finish();
    }

    [[nodiscard]] bool version_was_bad() const noexcept { return error_ == http::error::bad_version; }

private:
    void on_request_impl(http::verb, boost::beast::string_view method_name, boost::beast::string_view target, int version,
                         error_code& error) override
    {
        head_.method = curfew::parse_method(view(method_name));  // basic_parser has one of that name
        if (head_.method == method::unknown) {
            return stop(refusals::unknown_method, error);
        }
        if (target.size() > limits_.target) {
            return stop(refusals::target_too_long, error);
        }
        const auto parts = read_target(head_.method, view(target));
        if (!parts) {
            return stop(refusals::target, error);
        }
        head_.version   = static_cast<unsigned>(version);
        head_.target    = view(target);
        head_.path      = parts->path;
        head_.query     = parts->query;
        head_.authority = parts->authority;
    }

    void on_field_impl(http::field name, boost::beast::string_view text, boost::beast::string_view value,
                       error_code& error) override
    {
        const known_field id = identify(name);
        table_[count_++]     = {view(text), view(value), id};
        if (id != known_field::other) {
            if (const auto why = act_upon(id, view(value))) {
                stop(*why, error);
            }
        }
    }

    std::optional<refusal> act_upon(known_field id, std::string_view value)
    {
        switch (id) {
        case known_field::host:
            if (std::exchange(has_host_, true)) {
                return refusals::host_repeated;
            }
            if (!is_host(value)) {
                return refusals::host;
            }
            if (head_.authority.empty()) {
                head_.authority = value;
            }
            break;
        case known_field::connection:
            if (!add_connection_options(value, connection_)) {
                return refusals::connection;
            }
            break;
        case known_field::content_length:
            if (head_.content_length) {
                return refusals::content_length;
            }
            head_.content_length = parse_content_length(value);
            if (!head_.content_length) {
                return refusals::content_length;
            }
            break;
        case known_field::transfer_encoding:
            if (std::exchange(head_.chunked, true)) {
                return refusals::transfer_encoding;
            }
            return refuse_transfer_encoding(value);
        case known_field::expect:
            has_unknown_expectation_ = has_unknown_expectation_ || !iequals(value, "100-continue");
            head_.expect_continue    = true;
            break;
        case known_field::upgrade: has_upgrade_ = true; break;
        case known_field::other: break;
        }
        return std::nullopt;
    }

    // Judges what only the whole head shows.
    std::optional<refusal> finish()
    {
        const bool http_1_0 = head_.version == 10;
        head_.fields        = table_.first(count_);
        if (!has_host_ && !http_1_0) {
            return refusals::host_missing;
        }
        if (head_.chunked && http_1_0) {
            return refusals::transfer_encoding;  // RFC 9112 §6.1: its framing is faulty
        }
        if (head_.chunked && head_.content_length) {
            return refusals::two_lengths;
        }
        if (has_unknown_expectation_ && !http_1_0) {
            return refusals::expectation;
        }
        // HTTP/1.0 knows neither interim responses nor upgrades: RFC 9110 §10.1.1, §7.8.
        head_.expect_continue = head_.expect_continue && !http_1_0 && head_.has_body();
        head_.upgrade         = has_upgrade_ && connection_.upgrade && !http_1_0;
        head_.keep_alive      = !connection_.close && (!http_1_0 || connection_.keep_alive);
        return std::nullopt;
    }

    void stop(const refusal& why, error_code& error)
    {
        refusal_ = why;
        error    = http::error::bad_value;
    }

    void on_header_impl(error_code&) override {}
    void on_finish_impl(error_code&) override {}
    void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(boost::beast::string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view, error_code&) override { return 0; }

    const head_limits& limits_;
    std::span<field_view> table_;
    request_head& head_;
    std::size_t count_ = 0;
    connection_options connection_;
    bool has_host_                = false;
    bool has_upgrade_             = false;
    bool has_unknown_expectation_ = false;
    std::optional<refusal> refusal_;
    std::optional<http::error> error_;
};

// The digits of a request line that ends in a well-formed `HTTP-version`; nothing if it does not.
struct version_digits
{
    char* major;
    char* minor;
};

std::optional<version_digits> find_version(std::span<char> line) noexcept
{
    constexpr std::string_view shape = " HTTP/1.1\r\n";
    if (line.size() < shape.size()) {
        return std::nullopt;
    }
    char* const at   = line.data() + line.size() - shape.size();
    const auto major = at + 6;
    const auto minor = at + 8;
    if (std::string_view(at, 6) != shape.substr(0, 6) || !is_digit(*major) || at[7] != '.' || !is_digit(*minor)) {
        return std::nullopt;
    }
    return version_digits{major, minor};
}

std::optional<refusal> read_head(std::span<char> bytes, const head_limits& limits, std::span<field_view> table,
                                 request_head& head)
{
    head = {};
    head_reader reader(limits, table, head);
    const auto why = reader.read({bytes.data(), bytes.size()});
    if (!why || !reader.version_was_bad()) {
        return why;
    }
    // Beast takes 1.0 and 1.1 only, and does not tell a version that is none from one that it does not know.
    const auto line    = bytes.first(static_cast<std::size_t>(std::ranges::find(bytes, '\n') - bytes.begin()) + 1);
    const auto version = find_version(line);
    if (!version) {
        return why;
    }
    if (*version->major != '1') {
        return refusals::version;
    }
    *version->minor = '1';
    head            = {};
    return head_reader(limits, table, head).read({bytes.data(), bytes.size()});
}

}  // namespace

parse_result request_parser::parse(std::span<char> bytes, std::span<field_view> table, request_head& head)
{
    if (scanned_ == 0) {
        if (const std::size_t size = read_plain_head(bytes, *limits_, table, head)) {
            return {parse_state::done, size, {}};
        }
    }
    const std::size_t max_fields = std::min<std::size_t>(limits_->fields, table.size());
    parse_result result          = scan(bytes, max_fields);
    if (result.state == parse_state::done) {
        if (const auto why = read_head(bytes.subspan(start_, result.consumed - start_), *limits_, table, head)) {
            return refuse(*why);
        }
    }
    return result;
}

// Looks for the empty line that ends the head, and refuses on the way what must not wait for it. Each rule depends only on
// bytes up to some point, so that the first one broken is the same however the bytes were split.
parse_result request_parser::scan(std::span<const char> bytes, std::size_t max_fields) noexcept
{
    for (;;) {
        const std::size_t end = std::min<std::size_t>(bytes.size(), start_ + limits_->size);
        if (lines_ == 0 && start_ < end && !is_token_char(bytes[start_]) && (bytes[start_] != '\r' || start_ != 0)) {
            return refuse(refusals::request_line);  // TLS, for example, has no line to wait for
        }
        const void* const found = std::memchr(bytes.data() + scanned_, '\n', end - scanned_);
        const std::size_t next =
            found ? static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) + 1 : end;
        scanned_ = static_cast<std::uint32_t>(next);
        if (lines_ == 0 && next - line_ > std::size_t{limits_->target} + request_line_slack) {
            return refuse(refusals::target_too_long);
        }
        if (!found) {
            return next == start_ + limits_->size ? refuse(refusals::head_too_large) : parse_result{};
        }
        if (next - line_ < 2 || bytes[next - 2] != '\r') {
            return refuse(refusals::line_ending);
        }

        const bool empty = next - line_ == 2;
        if (!empty) {
            if (lines_ > 0 && is_space(bytes[line_])) {
                return refuse(refusals::folded_field);
            }
            if (lines_ > max_fields) {
                return refuse(refusals::too_many_fields);
            }
            ++lines_;
        } else if (lines_ > 0) {
            return {parse_state::done, next, {}};
        } else {
            start_ = scanned_;  // RFC 9112 §2.2: one empty line before the request is ignored
        }
        line_ = scanned_;
    }
}

}  // namespace curfew::detail
