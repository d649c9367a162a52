// One request and its answer on one connection.
#pragma once

#include "answer_reader.hpp"
#include "call_target.hpp"
#include "client_loop.hpp"

#include <curfew/body_writer.hpp>
#include <curfew/client_request.hpp>
#include <curfew/context.hpp>
#include <curfew/detail/deadline_heap.hpp>
#include <curfew/task.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace curfew::detail {

/// Sends a request, reads the answer, and gives the connection back as soon as the answer's last byte has come.
///
/// Whatever else happens closes the connection, with a reset if the other side may still be at work. Destroying it
/// does so, too. Lives and ends on its loop's thread.
class client_exchange {
public:
    client_exchange(pool_place place, method asked);
    ~client_exchange();
    client_exchange(const client_exchange&)            = delete;
    client_exchange& operator=(const client_exchange&) = delete;

    enum class outcome : std::uint8_t {
        answered,  ///< The head is there.
        stale,     ///< The kept connection was closed before a byte of the answer; the request may be sent again.
    };
    /// Sends the request and reads the answer's head.
    ///
    /// Errors:   `client_error`; the context's error if `ctx` ends; what the producer of the request's body throws.
    /// Lifetime: the arguments are borrowed until completion.
    task<outcome> run(const context& ctx, client_request& request, const call_target& to);
    /// After `stale`: the place, without its connection.
    pool_place    take_place() noexcept;

    // ---- the answer
    curfew::status     status() const noexcept { return reader_.status(); }
    const fields&      head() const noexcept { return reader_.head(); }
    const fields&      trailers() const noexcept { return reader_.trailers(); }
    const std::string& origin_text() const noexcept { return origin_; }
    const client_limits& limits() const noexcept { return options_->limits; }
    /// Of the whole call; the body is read within it.
    void               ends_at(time_point when) noexcept { ends_at_ = when; }

    /// See `client_response`.
    task<std::size_t> read_some(context ctx, boost::asio::mutable_buffer into);
    task<std::string> read_all(context ctx, std::size_t limit);
    /// Reads up to `most` bytes and forgets them. False if there is more; the connection is closed then.
    task<bool>        skip_body(const context& ctx, std::size_t most);

private:
    class body_upload;

    /// Ends what the stream does when something takes too long.
    class stall_timer final : public deadline_entry {
    public:
        explicit stall_timer(client_exchange& owner) noexcept : deadline_entry(&stall_timer::on_time), owner_(owner) {}
        void start(duration limit);
        void stop() noexcept;
        bool expired() const noexcept { return expired_; }

    private:
        static void on_time(deadline_entry& entry, deadline_event event) noexcept;

        client_exchange& owner_;
        bool             expired_ = false;
    };

    client_stream& stream() const noexcept { return place_->stream(); }

    std::string      head_for(const context& ctx, const client_request& request, const call_target& to) const;
    std::size_t      send_what_fits(std::string_view bytes);
    task<error_code> write_all(const context& ctx, std::string_view bytes);
    task<>           send_and_read_head(const context& ctx, client_request& request, std::string_view first,
                                        std::string_view second);
    task<>           send_beside_reading(const context& ctx, client_request& request, std::string_view first,
                                         std::string_view second);
    task<>           upload(const context& ctx, client_request& request, std::string_view first, std::string_view second);
    task<>           read_head(const context& ctx);
    task<>           read_more(const context& ctx);
    task<std::size_t> read_within(const context& ctx, boost::asio::mutable_buffer into);
    bool             may_repeat(const client_request& request) const noexcept;
    void             request_sent();
    void             finish_if_done() noexcept;
    void             give_up() noexcept;
    [[noreturn]] void fail(client_errc what, call_phase phase, std::string_view details = {});

    std::shared_ptr<const client_options> options_;  // an answer may outlive its client
    std::string               origin_;
    std::optional<pool_place> place_;
    const bool                kept_;  // the connection served another request before
    answer_reader             reader_;
    stall_timer               timer_{*this};
    std::optional<time_point> ends_at_;
    std::uint64_t             bytes_sent_    = 0;
    bool                      producing_     = false;  // the producer has been called
    bool                      all_sent_      = false;
    error_code                send_error_;
    error_code                read_error_;
};

}  // namespace curfew::detail
