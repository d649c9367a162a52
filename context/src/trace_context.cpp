#include <curfew/trace_context.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <random>
#include <utility>
#include <vector>

namespace curfew {

namespace {

// xoshiro256++ (Blackman and Vigna): IDs must be unique, not secret, and a system call per request would be too dear.
class id_generator
{
public:
    constexpr id_generator() noexcept {}

    bool seeded() const noexcept { return (state_[0] | state_[1] | state_[2] | state_[3]) != 0; }
    void seed()
    {
        std::random_device device;
        for (auto& word : state_)
            word = (std::uint64_t{device()} << 32) | device();
        state_[0] |= 1; // the all-zero state is the one it never leaves
    }

    /// Fills `id` with random bytes, not all of them zero.
    template <class Id>
    void fill(Id& id) noexcept
    {
        std::array<std::uint64_t, sizeof(Id) / sizeof(std::uint64_t)> words;
        std::uint64_t any;
        do {
            any = 0;
            for (auto& word : words)
                any |= word = next();
        } while (any == 0);
        std::memcpy(id.data(), words.data(), sizeof words);
    }

private:
    std::uint64_t next() noexcept
    {
        const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    std::uint64_t state_[4] = {};
};

id_generator& this_threads_ids()
{
    constinit thread_local id_generator ids; // made without a guard that each use would have to look at
    if (!ids.seeded())
        ids.seed();
    return ids;
}

// Sixteen bytes that are worked on side by side.
using lanes = std::uint8_t __attribute__((vector_size(16)));

lanes hex_digits(lanes halves) noexcept
{
    return halves + '0' + (static_cast<lanes>(halves > 9) & ('a' - '9' - 1));
}

// Appends the lowercase hex digits of at most sixteen bytes.
template <std::size_t Capacity, std::size_t Count>
void append_hex(fixed_text<Capacity>& out, const std::array<std::uint8_t, Count>& bytes) noexcept
{
    lanes all{};
    static_assert(Count == sizeof all || Count == sizeof all / 2);
    std::memcpy(&all, bytes.data(), Count);
    const lanes high  = hex_digits(all >> 4);
    const lanes low   = hex_digits(all & 0x0f);
    const lanes first = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    char* const to    = out.extend(2 * Count);
    std::memcpy(to, &first, sizeof first);
    if constexpr (Count == sizeof all) {
        const lanes second = __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        std::memcpy(to + sizeof first, &second, sizeof second);
    }
}

// Lowercase only: `traceparent` forbids the other case.
constexpr int hex_value(char c) noexcept
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

template <std::size_t N>
bool read_hex(std::string_view text, std::array<std::uint8_t, N>& out) noexcept
{
    for (std::size_t i = 0; i < N; ++i) {
        const int high = hex_value(text[2 * i]);
        const int low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return true;
}

} // namespace

trace_context trace_context::generate() noexcept
{
    auto& kept = this_threads_ids();
    auto ids = kept; // in registers
    trace_context made;
    ids.fill(made.trace_);
    ids.fill(made.span_);
    made.flags_ = random_flag;
    kept = ids;
    return made;
}

trace_context trace_context::child() const noexcept
{
    if (empty())
        return generate();
    trace_context made = *this;
    made.parent_span_ = span_;
    this_threads_ids().fill(made.span_);
    return made;
}

fixed_text<32> trace_context::id_text() const noexcept
{
    fixed_text<32> text;
    append_hex(text, trace_);
    return text;
}

fixed_text<16> trace_context::span_text() const noexcept
{
    fixed_text<16> text;
    append_hex(text, span_);
    return text;
}

fixed_text<55> trace_context::traceparent() const noexcept
{
    fixed_text<55> text;
    text.append("00-");
    append_hex(text, trace_);
    text.push_back('-');
    append_hex(text, span_);
    text.push_back('-');
    static_assert((sampled_flag | random_flag) < 10); // no other flag is kept
    text.push_back('0');
    text.push_back(static_cast<char>('0' + flags_));
    return text;
}

std::optional<trace_context> parse_traceparent(std::string_view value) noexcept
{
    constexpr std::size_t length = 55; // vv-tttttttttttttttttttttttttttttttt-ssssssssssssssss-ff
    if (value.size() < length || value[2] != '-' || value[35] != '-' || value[52] != '-')
        return std::nullopt;

    std::array<std::uint8_t, 1> version;
    std::array<std::uint8_t, 1> flags;
    trace_context parsed;
    if (!read_hex(value, version) || !read_hex(value.substr(3), parsed.trace_) || !read_hex(value.substr(36), parsed.span_) ||
        !read_hex(value.substr(53), flags))
        return std::nullopt;

    const bool ends_well = value.size() == length || (version[0] != 0 && value[length] == '-');
    if (!ends_well || version[0] == 0xff || parsed.trace_ == trace_id{} || parsed.span_ == span_id{})
        return std::nullopt;

    parsed.flags_ = flags[0] & (trace_context::sampled_flag | trace_context::random_flag);
    return parsed;
}

namespace {

constexpr std::size_t max_members = 32;
constexpr std::size_t max_state_length = 512;
constexpr std::size_t long_member = 128;
constexpr std::size_t max_key_length = 256;
constexpr std::size_t max_value_length = 256;

constexpr std::size_t max_request_id_length = 128;

constexpr bool is_lower_or_digit(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

constexpr bool is_key_char(char c) noexcept
{
    return is_lower_or_digit(c) || c == '_' || c == '-' || c == '*' || c == '/' || c == '@';
}

// The comma, which the grammar forbids as well, has already split the list.
constexpr bool is_value_char(char c) noexcept
{
    return c >= 0x20 && c <= 0x7e && c != '=';
}

constexpr bool is_request_id_char(char c) noexcept
{
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
}

bool valid_key(std::string_view key) noexcept
{
    return !key.empty() && key.size() <= max_key_length && is_lower_or_digit(key.front()) &&
           std::ranges::all_of(key, is_key_char);
}

bool valid_value(std::string_view value) noexcept
{
    return !value.empty() && value.size() <= max_value_length && std::ranges::all_of(value, is_value_char);
}

std::string_view trim(std::string_view text) noexcept
{
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

struct state_member
{
    std::string_view text;
    std::string_view key;
};

std::optional<std::vector<state_member>> split_members(std::string_view value)
{
    std::vector<state_member> members;
    while (!value.empty()) {
        const auto comma = value.find(',');
        const auto text = trim(value.substr(0, comma));
        value.remove_prefix(comma == value.npos ? value.size() : comma + 1);
        if (text.empty())
            continue; // senders that merge header lines leave empty members

        const auto equals = text.find('=');
        const auto key = text.substr(0, equals);
        const bool fresh = std::ranges::find(members, key, &state_member::key) == members.end();
        if (equals == text.npos || !valid_key(key) || !valid_value(text.substr(equals + 1)) || !fresh ||
            members.size() == max_members)
            return std::nullopt;
        members.push_back({text, key});
    }
    return members;
}

void shorten(std::vector<state_member>& members)
{
    std::size_t length = 0; // each member with a comma behind it
    for (const auto& member : members)
        length += member.text.size() + 1;

    const auto drop_from_the_end = [&](std::size_t longer_than) {
        for (std::size_t i = members.size(); i-- > 0 && length > max_state_length + 1;) {
            if (members[i].text.size() > longer_than) {
                length -= members[i].text.size() + 1;
                members.erase(members.begin() + static_cast<std::ptrdiff_t>(i));
            }
        }
    };
    drop_from_the_end(long_member);
    drop_from_the_end(0);
}

} // namespace

std::optional<std::string> normalize_tracestate(std::string_view value)
{
    auto members = split_members(value);
    if (!members)
        return std::nullopt;
    shorten(*members);

    std::string list;
    for (const auto& member : *members) {
        if (!list.empty())
            list += ',';
        list += member.text;
    }
    return list;
}

void inbound_trace::on_traceparent(std::string_view value) noexcept
{
    caller_ = seen_traceparent_ ? std::nullopt : parse_traceparent(value);
    seen_traceparent_ = true;
}

void inbound_trace::on_tracestate(std::string_view value)
{
    if (!state_.empty())
        state_ += ',';
    state_ += value;
}

trace_context inbound_trace::finish() const
{
    if (!caller_)
        return trace_context::generate();
    auto made = caller_->child();
    if (!state_.empty()) {
        if (auto state = normalize_tracestate(state_); state && !state->empty())
            made.state_ = std::make_shared<const std::string>(*std::move(state));
    }
    return made;
}

bool valid_request_id(std::string_view id) noexcept
{
    return !id.empty() && id.size() <= max_request_id_length && std::ranges::all_of(id, is_request_id_char);
}

} // namespace curfew
