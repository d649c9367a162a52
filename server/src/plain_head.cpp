#include "plain_head.hpp"

#include "request_validation.hpp"

#include <curfew/url.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace curfew::detail {

namespace {

constexpr std::string_view version_and_end = " HTTP/1.1\r\n";

// Returns the method at the front of a request line, and its name's length; `unknown` if it is a rare one.
std::pair<method, std::size_t> read_method(std::string_view line) noexcept
{
    for (const auto each : {method::get, method::post, method::put, method::delete_, method::head, method::patch}) {
        const auto name = to_string(each);
        if (line.starts_with(name) && line[name.size()] == ' ') {
            return {each, name.size()};
        }
    }
    return {method::unknown, 0};
}

// Returns where the first control character is, tab included; `end` if there is none before it.
const char* find_control(const char* at, const char* end) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x8080808080808080;
    for (; end - at >= 8; at += 8) {
        std::uint64_t bytes;
        std::memcpy(&bytes, at, sizeof bytes);
        const std::uint64_t deleted = bytes ^ (0x7f * ones);
        const std::uint64_t found   = (((bytes - 0x20 * ones) & ~bytes) | ((deleted - ones) & ~deleted)) & tops;
        if (found != 0) {
            if constexpr (std::endian::native != std::endian::little) {
                break;  // in one of these eight
            }
            return at + std::countr_zero(found) / 8;  // a borrow only marks bytes behind the first one
        }
    }
    return std::find_if(at, end, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Compares a token with a name in lowercase, of the same length.
template <std::size_t Size>
bool is_named(std::string_view token, const char (&lowercase)[Size]) noexcept
{
    bool same = true;
    for (std::size_t i = 0; i != Size - 1; ++i) {
        same &= (token[i] | 0x20) == lowercase[i];  // of token characters, only letters change
    }
    return same;
}

class plain_reader {
public:
    plain_reader(std::span<const char> bytes, const head_limits& limits, std::span<field_view> table, request_head& head) noexcept
        : at_(bytes.data()), end_(at_ + std::min<std::size_t>(bytes.size(), limits.size)),
          table_(table.first(std::min<std::size_t>(table.size(), limits.fields))), head_(head), longest_target_(limits.target)
    {
    }

    // True if it is all plain; `at()` is then behind it.
    bool read() noexcept
    {
        if (!read_request_line()) {
            return false;
        }
        std::size_t count = 0;
        while (end_ - at_ >= 2 && *at_ != '\r') {
            if (count == table_.size() || !read_field(table_[count++])) {
                return false;
            }
        }
        if (end_ - at_ < 2 || at_[1] != '\n' || !has_host_) {
            return false;
        }
        at_ += 2;
        head_.fields = table_.first(count);
        return true;
    }

    const char* at() const noexcept { return at_; }

private:
    bool read_request_line() noexcept
    {
        constexpr std::size_t longest_method = 6;
        const std::size_t     left           = static_cast<std::size_t>(end_ - at_);
        if (left < longest_method + version_and_end.size()) {
            return false;
        }
        const auto [found, length] = read_method({at_, left});
        if (found == method::unknown) {
            return false;
        }
        at_ += length + 1;
        const auto* const space = static_cast<const char*>(std::memchr(at_, ' ', static_cast<std::size_t>(end_ - at_)));
        if (!space || static_cast<std::size_t>(end_ - space) < version_and_end.size() ||
            std::memcmp(space, version_and_end.data(), version_and_end.size()) != 0) {
            return false;
        }
        const std::string_view target(at_, static_cast<std::size_t>(space - at_));
        const auto             parts = split_target(target);
        if (!parts || target.size() > longest_target_) {
            return false;
        }
        head_.method = found;
        head_.target = target;
        head_.path   = parts->path;
        head_.query  = parts->query;
        at_          = space + version_and_end.size();
        return true;
    }

    bool read_field(field_view& field) noexcept
    {
        const char* const name = at_;
        while (at_ != end_ && is_token_char(*at_)) {
            ++at_;
        }
        if (at_ == end_ || *at_ != ':' || at_ == name) {
            return false;
        }
        field.name = {name, static_cast<std::size_t>(at_ - name)};
        ++at_;
        const char* const value = at_;
        at_                     = find_control(at_, end_);
        if (end_ - at_ < 2 || at_[0] != '\r' || at_[1] != '\n') {
            return false;  // a tab is not plain either
        }
        field.value = trim({value, static_cast<std::size_t>(at_ - value)});
        field.id    = known_field::other;
        at_ += 2;
        return act_upon(field);
    }

    // Few fields have a name as long as one of those that matter.
    bool act_upon(field_view& field) noexcept
    {
        switch (field.name.size()) {
        case 4: return !is_named(field.name, "host") || take_host(field);
        case 6: return !is_named(field.name, "expect");
        case 7: return !is_named(field.name, "upgrade");
        case 10: return !is_named(field.name, "connection") || take_connection(field);
        case 14: return !is_named(field.name, "content-length") || take_length(field);
        case 17: return !is_named(field.name, "transfer-encoding");
        default: return true;
        }
    }

    bool take_host(field_view& field) noexcept
    {
        field.id        = known_field::host;
        head_.authority = field.value;
        return !std::exchange(has_host_, true) && is_host(field.value);
    }

    bool take_connection(field_view& field) noexcept
    {
        field.id         = known_field::connection;
        const bool close = iequals(field.value, "close");
        head_.keep_alive = !close;
        return !std::exchange(has_connection_, true) && (close || iequals(field.value, "keep-alive"));
    }

    bool take_length(field_view& field) noexcept
    {
        field.id = known_field::content_length;
        if (head_.content_length) {
            return false;
        }
        head_.content_length = parse_content_length(field.value);
        return head_.content_length.has_value();
    }

    const char*           at_;
    const char* const     end_;
    std::span<field_view> table_;
    request_head&         head_;
    const std::size_t     longest_target_;
    bool                  has_host_       = false;
    bool                  has_connection_ = false;
};

}  // namespace

std::size_t read_plain_head(std::span<const char> bytes, const head_limits& limits, std::span<field_view> table,
                            request_head& head) noexcept
{
    std::construct_at(&head);  // in place: an assignment would make it twice
    plain_reader reader(bytes, limits, table, head);
    return reader.read() ? static_cast<std::size_t>(reader.at() - bytes.data()) : 0;
}

}  // namespace curfew::detail
