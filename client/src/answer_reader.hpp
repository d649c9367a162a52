// Reads one answer, without I/O: bytes go in, head and body come out.
#pragma once

#include <curfew/client_error.hpp>
#include <curfew/client_options.hpp>
#include <curfew/fields.hpp>
#include <curfew/method.hpp>
#include <curfew/status.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace curfew::detail {

class answer_parser;

/// The answer to one request, as far as it has come.
///
/// Interim answers are dropped. What two readers could read differently is refused: a length that is stated twice, a
/// transfer coding other than `chunked`, a line that does not end in CR LF. However the bytes are split, the outcome is
/// the same. Not thread-safe.
class answer_reader {
public:
    /// Lifetime: `limits` are borrowed. `asked`: an answer to `HEAD` has no body.
    answer_reader(const client_limits& limits, method asked);
    ~answer_reader();

    // ---- bytes in
    /// Where to put more of them: at least one byte. Precondition: the last `read_head` or `read_body` wanted more.
    std::span<char> room();
    void            received(std::size_t count) noexcept { end_ += count; }
    /// Nothing follows what has been received.
    void            input_ended() noexcept { input_ended_ = true; }

    // ---- the answer
    enum class progress : std::uint8_t { want_more, ready, failed };
    /// Looks for the head in what has been received. Once it is `ready`, go on with the body.
    progress read_head();

    struct piece {
        enum class state : std::uint8_t { data, end, want_more, failed } what;
        std::size_t size = 0;
    };
    /// Copies what has been received of the body. `data` is at least one byte.
    piece read_body(std::span<char> into);
    /// Decodes all that has been received, so that `done` is known; `read_body` then gives that first.
    void  read_ahead();
    /// What `read_ahead` decoded and `read_body` has not given yet.
    std::string take_ahead() noexcept
    {
        ahead_.erase(0, std::exchange(ahead_taken_, 0));
        return std::exchange(ahead_, {});
    }

    curfew::status status() const noexcept { return status_; }
    const fields&  head() const noexcept { return head_; }
    const fields&  trailers() const noexcept { return trailers_; }
    /// The announced length of the body; empty if none is.
    std::optional<std::uint64_t> content_length() const noexcept;

    /// True once a byte of any answer has come, interim ones included.
    bool started() const noexcept { return started_; }
    /// True once the last byte of the answer has been decoded; `read_body` may still have some to give.
    bool done() const noexcept;
    /// Whether another request may follow on the connection. Precondition: `done()`.
    bool keeps_connection() const noexcept;

    /// What went wrong. Precondition: something failed.
    client_errc        error() const noexcept { return error_; }
    /// In which way, for people; may be empty.
    const std::string& error_details() const noexcept { return error_details_; }

private:
    progress         fail(client_errc what, std::string_view details = {});
    std::string_view unread() const noexcept { return {buffer_.get() + begin_, end_ - begin_}; }
    progress         parse_head(std::size_t size);
    progress         begin_head();
    piece            decode(std::span<char> into);
    std::size_t      copy_ahead(std::span<char> into);

    const client_limits&           limits_;
    method                         asked_;
    std::unique_ptr<char[]>        buffer_;
    std::size_t                    capacity_ = 0;
    std::size_t                    begin_    = 0;
    std::size_t                    end_      = 0;
    std::unique_ptr<answer_parser> parser_;
    std::string                    ahead_;  // decoded already
    std::size_t                    ahead_taken_ = 0;
    fields                         head_;
    fields                         trailers_;
    curfew::status                 status_{};
    std::size_t                    scanned_      = 0;  // from begin_: up to here the head has no end
    std::size_t                    lines_        = 0;
    std::size_t                    wanted_       = 1;  // so many bytes before looking at the body again
    std::size_t                    interim_size_ = 0;
    bool                           started_      = false;
    bool                           input_ended_  = false;
    bool                           failed_       = false;
    client_errc                    error_{};
    std::string                    error_details_;
};

}  // namespace curfew::detail
