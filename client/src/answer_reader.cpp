#include "answer_reader.hpp"

#include "answer_parser.hpp"

#include <algorithm>
#include <cstring>

namespace curfew::detail {

namespace {

constexpr std::size_t      first_capacity   = 4 * 1024;
constexpr std::size_t      largest_capacity = 64 * 1024;  // of what a body is read through
constexpr std::string_view beginning        = "HTTP/1.";
constexpr std::string_view last_chunk       = "0\r\n\r\n";

}  // namespace

answer_reader::answer_reader(const client_limits& limits, method asked) : limits_(limits), asked_(asked)
{
}

answer_reader::~answer_reader() = default;

std::span<char> answer_reader::room()
{
    const auto size = end_ - begin_;
    if (end_ == capacity_) {
        // It was too small for what came at once, or for a head.
        const auto largest = std::max(limits_.head_size, largest_capacity);
        const auto wanted  = std::clamp(capacity_ * 2, first_capacity, largest);
        if (wanted != capacity_) {
            std::unique_ptr<char[]> larger(new char[wanted]);
            if (size != 0) std::memcpy(larger.get(), buffer_.get() + begin_, size);
            buffer_   = std::move(larger);
            capacity_ = wanted;
        } else if (size != 0) {
            std::memmove(buffer_.get(), buffer_.get() + begin_, size);
        }
        begin_ = 0;
        end_   = size;
    } else if (size == 0) {
        begin_ = end_ = 0;
    }
    return {buffer_.get() + end_, capacity_ - end_};
}

answer_reader::progress answer_reader::fail(client_errc what, std::string_view details)
{
    failed_        = true;
    error_         = what;
    error_details_ = details;
    return progress::failed;
}

// ---- the head

// Looks for its end before any of it is parsed: so limits hold whatever the split.
answer_reader::progress answer_reader::read_head()
{
    for (;;) {
        const auto received = unread();
        const auto bytes    = received.substr(0, limits_.head_size - interim_size_);
        started_            = started_ || !bytes.empty();
        if (bytes.substr(0, beginning.size()) != beginning.substr(0, bytes.size()))
            return fail(client_errc::malformed_answer, "no HTTP/1.0 or HTTP/1.1");

        const auto found = bytes.find('\n', scanned_);
        if (found == bytes.npos) {
            scanned_ = bytes.size();
            if (bytes.size() == limits_.head_size - interim_size_) return fail(client_errc::head_too_large);
            if (!input_ended_) return progress::want_more;
            return fail(started_ ? client_errc::truncated : client_errc::connection_closed);
        }
        if (found == 0 || bytes[found - 1] != '\r') return fail(client_errc::malformed_answer, "bad line ending");
        scanned_ = found + 1;
        if (found < 3 || bytes[found - 2] != '\n') {
            if (++lines_ > limits_.field_count + 1) return fail(client_errc::head_too_large, "too many fields");
            continue;
        }
        const auto parsed = parse_head(scanned_);
        if (parsed != progress::want_more) return parsed;  // else it was an interim answer
    }
}

answer_reader::progress answer_reader::parse_head(std::size_t size)
{
    head_.clear();
    parser_ = std::make_unique<answer_parser>(head_, trailers_, limits_.field_count, asked_ == method::head);
    if (const char* const wrong = parser_->read_head(unread().substr(0, size))) return fail(client_errc::malformed_answer, wrong);
    begin_ += size;
    scanned_ = lines_ = 0;
    status_           = static_cast<curfew::status>(parser_->status());
    if (parser_->status() == 101) return fail(client_errc::malformed_answer, "an upgrade that nobody asked for");
    if (parser_->status() < 100) return fail(client_errc::malformed_answer, "bad status");
    if (parser_->status() >= 200) return progress::ready;
    interim_size_ += size;
    return interim_size_ == limits_.head_size ? fail(client_errc::head_too_large) : progress::want_more;
}

std::optional<std::uint64_t> answer_reader::content_length() const noexcept
{
    const auto length = parser_->content_length();
    return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

// ---- the body

answer_reader::piece answer_reader::read_body(std::span<char> into)
{
    if (const auto size = copy_ahead(into)) return {piece::state::data, size};
    return decode(into);
}

answer_reader::piece answer_reader::decode(std::span<char> into)
{
    if (failed_) return {piece::state::failed};
    if (parser_->is_done()) return {piece::state::end};
    if (const auto bytes = unread(); bytes.size() >= wanted_) {
        const auto decoded = parser_->read_body(bytes, into);
        begin_ += decoded.used;
        wanted_ = 1;
        if (decoded.wrong) fail(client_errc::malformed_answer, decoded.wrong);
        if (decoded.written != 0) return {piece::state::data, decoded.written};
        if (failed_) return {piece::state::failed};  // what was good of it has been given
        if (parser_->is_done()) return {piece::state::end};
        // Beast 1.81 asserts that it is not shown the beginning of the last chunk again before that can be complete.
        const bool begun = unread().find('\n') != std::string_view::npos && !unread().starts_with('\r');
        wanted_          = begun ? last_chunk.size() : 1;
        if (end_ - begin_ >= std::max(limits_.head_size, largest_capacity)) {
            fail(client_errc::head_too_large, "chunk extensions or trailers");
            return {piece::state::failed};
        }
    }
    if (!input_ended_) return {piece::state::want_more};
    boost::system::error_code error;
    parser_->put_eof(error);
    if (!error && begin_ == end_) return {piece::state::end};
    fail(client_errc::truncated);
    return {piece::state::failed};
}

void answer_reader::read_ahead()
{
    while (!failed_ && !parser_->is_done()) {
        const auto kept = ahead_.size();
        ahead_.resize(kept + unread().size());  // content is never longer than what it came in
        const auto decoded = decode({ahead_.data() + kept, ahead_.size() - kept});
        ahead_.resize(kept + decoded.size);
        if (decoded.what != piece::state::data) return;
    }
}

std::size_t answer_reader::copy_ahead(std::span<char> into)
{
    const auto size = std::min(into.size(), ahead_.size() - ahead_taken_);
    if (size != 0) std::memcpy(into.data(), ahead_.data() + ahead_taken_, size);
    ahead_taken_ += size;
    if (ahead_taken_ == ahead_.size()) {
        ahead_.clear();
        ahead_taken_ = 0;
    }
    return size;
}

bool answer_reader::done() const noexcept
{
    return parser_ && parser_->is_done();
}

bool answer_reader::keeps_connection() const noexcept
{
    // Bytes behind an answer belong to no request: whatever they are, the next one must not read them.
    return parser_->keeps_connection() && begin_ == end_;
}

}  // namespace curfew::detail
