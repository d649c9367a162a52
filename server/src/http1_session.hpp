// HTTP/1.1 as one connection speaks it, without I/O.
#pragma once

#include "answer_writer.hpp"
#include "body_decoder.hpp"
#include "body_encoder.hpp"
#include "exchange.hpp"
#include "input_buffer.hpp"
#include "loop_storage.hpp"
#include "output_buffer.hpp"
#include "pace.hpp"
#include "request_parser.hpp"
#include "session_settings.hpp"

#include <curfew/cause.hpp>
#include <curfew/clock.hpp>
#include <curfew/response.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace curfew::detail {

/// What a session wants of the connection that drives it.
enum class session_step : std::uint8_t {
    none,            ///< Nothing before the next event.
    start_request,   ///< `head()` is there: route it, `begin` it and have it handled.
    move_deadline,   ///< The request's deadline is now `request().deadline`.
    cancel_request,  ///< End the request's context because of `request().canceled`.
    answer_instead,  ///< The handler ignores its cancel: report it, and `answer` in its place.
    wake_reader,     ///< `read_body` has something for whoever waits for the body.
    wake_writer,     ///< `write_body` has room for whoever waits with the answer's, or will say that it is broken off.
    refuse_request,  ///< A head was refused and answered; `head()` is what is known of it: account for it, then `release_request`.
    finish_request,  ///< The request is over: account for it, then `release_request`.
    shut_down_send,  ///< Everything is said: send FIN.
    close,           ///< Close the transport; no other step than `finish_request` follows this one and the next.
    reset,           ///< The same, so that the client can tell that something is missing.
};

/// The state of one connection: what has come, what is to be sent, what the request at hand has come to.
///
/// Events go in: bytes, the peer's departure, time, what the handler does. After each, `next` says what is to be done until
/// it says `none`; then `to_send`, `wants_input` and `wake_at` say what to wait for. Every decision about framing,
/// keep-alive, limits, time-outs, cancellation and outcomes is made here, and is tested without a socket.
///
/// One request at a time: those pipelined behind it stay unparsed. Not thread-safe.
class http1_session {
public:
    http1_session(const session_settings& settings, loop_storage& storage, time_point now);
    ~http1_session();

    // ---- what the connection is to do
    session_step next(time_point now);
    /// When `time_passed` wants to be called, at the latest.
    time_point   wake_at() const noexcept;
    /// True while reading would help.
    bool         wants_input() const noexcept;
    /// True if the turn's share of pipelined answers is used up: call `begin_turn` and `next` after other connections.
    bool         yields() const noexcept { return answers_this_turn_ >= settings_.limits.answers_per_turn; }
    void         begin_turn() noexcept { answers_this_turn_ = 0; }

    /// True while the connection has been silent for so long that it should give back what only requests need.
    bool dozes() const noexcept { return dozes_; }

    // ---- bytes in
    std::span<char> input_room();
    void            received(std::size_t count, time_point now);
    void            input_ended(time_point now);
    /// Reading met a reset.
    void            input_failed(time_point now);
    /// Whether unread bytes are read and kept while a request is handled, as nothing else would tell of a departure.
    void            read_ahead(bool on) noexcept { reads_ahead_ = on; }
    bool            reads_ahead() const noexcept { return reads_ahead_; }

    // ---- bytes out
    /// The next bytes; they stay where they are until `sent`.
    std::string_view to_send();
    /// Returns: whether `next` may have more to say because of it.
    bool             sent(std::size_t count, time_point now);
    /// Nothing can be written before the client has read.
    void             send_blocked(time_point now);
    void             send_failed(disconnect_how how, time_point now);

    // ---- other events
    /// The client left, says the transport's watch, or a read or write that failed. Unread bytes may still be there.
    void peer_gone(disconnect_how how, time_point now);
    /// `shielded`: whether the handler is in a scope that is not to be canceled with its client.
    void time_passed(time_point now, bool shielded);
    /// No further request is taken: the next answer says so.
    void drain() noexcept { draining_ = true; }
    /// Closes the connection if nothing of a request has come.
    void close_if_idle() noexcept;
    /// The server's drain limit has passed.
    void shut_down(time_point now);
    /// The transport is closed, whatever the request is doing: nobody waits for that any longer.
    void abandon(time_point now) noexcept { give_up_all(cause_kind::shutdown, outcome::shutdown, now); }
    /// The same, as the connection cannot go on.
    void fail(time_point now) noexcept { give_up_all(cause_kind::canceled, outcome::failed, now); }

    // ---- the request at hand
    /// After `refuse_request` only what its first line said, as far as that was well formed.
    const request_head& head() const noexcept { return head_; }
    exchange&           request() noexcept { return exchange_; }
    const exchange&     request() const noexcept { return exchange_; }
    bool                has_request() const noexcept { return exchange_.open; }
    void                begin(const request_terms& terms, time_point now);
    void                lower_deadline(time_point when, deadline_origin origin) noexcept;
    void                lower_body_limit(std::uint64_t bytes) noexcept;
    /// The handler waits for something for the first time: a departure seen earlier now cancels it.
    void                handler_suspended(time_point now);
    /// Nothing of the handler is left.
    void                handler_ended() noexcept;
    void                release_request(time_point now);

    // ---- its body
    struct body_read {
        enum class state : std::uint8_t { data, end, wait, refused, broken_off } what;
        std::size_t size = 0;
    };
    /// Copies what has arrived. `wait`: `wake_reader` will follow.
    body_read read_body(std::span<char> into, time_point now);
    bool      waits_to_read() const noexcept { return reader_waits_; }
    /// Nobody waits for the body any more.
    void      stop_reading(time_point now) noexcept;

    // ---- its answer
    /// Formats the whole answer, if there still can be one.
    void answer(const response& what, outcome as);
    /// Answers in the place of a handler that does not end; nothing more is read on this connection.
    void answer_instead(const response& what, outcome as);
    /// Ends the request without an answer: there is nobody to send it to.
    void give_up(outcome as) noexcept;
    /// Formats the head of a streamed answer. False if its body is not wanted.
    bool begin_stream(const response& what, std::optional<std::uint64_t> length);
    enum class written : std::uint8_t { taken, wait, broken_off };
    /// Takes a piece of a streamed body. `wait`: taken, too, but before the next piece wait for `wake_writer`.
    written write_body(std::string_view bytes);
    void    end_stream();
    /// Breaks a streamed answer off, so that the client can tell.
    void    break_stream(outcome as) noexcept;
    bool    waits_to_write() const noexcept { return writer_waits_; }
    /// Nobody waits with the answer any more.
    void    stop_writing() noexcept { writer_waits_ = false; }

    // ---- another protocol
    /// Ends HTTP on this connection, unless it has ended. The transport may be given away once everything is sent and
    /// nothing is being read.
    bool             hand_over();
    bool             is_handed_over() const noexcept { return stage_ == stage::handed_over; }
    bool             all_sent() const noexcept { return unsent() == 0; }
    /// What the client sent behind the head of its request: the first bytes of the other protocol.
    std::string_view unread_input() const noexcept { return {in_.bytes().data(), in_.size()}; }

private:
    enum class stage : std::uint8_t {
        receiving,   // a head, or the rest of the last request's body
        exchanging,  // a request is open
        handed_over, // to another protocol
        closing,     // the last answer is on its way
        lingering,   // until the client has taken it
        over,
    };

    bool         parse();
    void         await_head() noexcept;
    void         refuse(const refusal& why);
    bool         discard_body() noexcept;
    session_step close_transport() noexcept;
    void         all_said(time_point now) noexcept;
    void         end_when_sent() noexcept;
    void         end(bool by_reset) noexcept;
    void         cut_short(outcome as) noexcept;
    void         give_up_all(cause_kind why, outcome as, time_point now) noexcept;
    void         lose_client(disconnect_how how, time_point now, bool by_reset);

    void cancel(cause_kind kind, disconnect_how how, time_point now);
    void apply_departure(time_point now);
    void slim() noexcept;
    void deadline_passed(time_point now);
    void grace_passed(time_point now, bool shielded);
    void probe(time_point now);
    bool flows(time_point now) noexcept;
    bool is_idle() const noexcept;
    void fall_silent(time_point now);

    time_point quiet_since() const noexcept { return std::max(since_, sent_at_); }
    bool       body_cut_off() const noexcept;

    void        format(const response& what, outcome as, bool last);
    void        lift_default_deadline() noexcept;
    bool        can_answer() const noexcept;
    bool        is_last_answer() const noexcept;
    answer_head head_for(const response& what, bool last);
    bool        body_unread() const noexcept { return body_ && !body_->done(); }
    std::size_t unsent() const noexcept { return sending_.size() + filling_.size(); }
    bool        settled() const noexcept;

    const session_settings&       settings_;
    loop_storage&                 storage_;
    input_buffer                  in_;
    output_buffer                 filling_;  // what has been formatted
    output_buffer                 sending_;  // what the transport has been given: it must not move
    request_parser                parser_;
    std::unique_ptr<field_view[]> table_;                // what a head is parsed into; borrowed
    std::unique_ptr<field_view[]> fields_of_suspended_;  // instead, while a handler waits
    request_head                  head_;
    exchange                      exchange_;
    std::unique_ptr<body_decoder> body_;
    std::optional<body_encoder>   encoder_;
    pace                          body_pace_;
    std::unique_ptr<pace>         send_pace_;  // of the time in which sending was blocked, once it was

    stage          stage_           = stage::receiving;
    disconnect_how departure_       = disconnect_how::none;
    bool           reads_ahead_     = false;
    bool           starved_         = true;   // parsing wants more bytes
    bool           input_ended_     = false;  // a read said so
    bool           reader_waits_    = false;
    bool           writer_waits_    = false;
    bool           blocked_         = false;  // in sending
    bool           dozes_           = false;
    bool           breaks_off_      = false;  // the last answer has no proper end
    bool           refused_head_    = false;  // `refuse_request` is yet to be said
    bool           draining_        = false;
    bool           sends_fin_       = false;
    bool           resets_          = false;
    bool           transport_closed_ = false;
    std::uint32_t  requests_          = 0;
    std::uint32_t  answers_this_turn_ = 0;
    std::uint64_t  body_received_     = 0;  // content of the request's body
    std::size_t    discarded_         = 0;
    time_point     since_;        // of the first byte of the head; else of the last request's end
    time_point     sent_at_{};    // last progress in sending
    time_point     linger_until_{};
};

}  // namespace curfew::detail
