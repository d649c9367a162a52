// Bytes in, bytes out, and what follows from them. The request at hand: http1_exchange.cpp; time: http1_timing.cpp.
#include "http1_session.hpp"

#include "request_line.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace curfew::detail {

namespace {
constexpr std::size_t head_room = 512;        // to read into while a head is expected, at least
constexpr std::size_t body_room = 16 * 1024;  // while a body is
}  // namespace

http1_session::http1_session(const session_settings& settings, loop_storage& storage, time_point now)
    : settings_(settings), storage_(storage), in_(storage.buffers), filling_(storage.buffers),
      sending_(storage.buffers), parser_(settings.head), since_(now)
{
}

http1_session::~http1_session()
{
    storage_.tables.take_back(std::move(table_));
}

// ---- what the connection is to do

session_step http1_session::next(time_point now)
{
    if (exchange_.open) {
        if (std::exchange(exchange_.moved_deadline, false)) return session_step::move_deadline;
        if (std::exchange(exchange_.cancel_due, false)) return session_step::cancel_request;
        if (std::exchange(exchange_.overdue, false)) return session_step::answer_instead;
        if (reader_waits_ && (!in_.empty() || !wants_input() || exchange_.refused)) {
            stop_reading(now);
            return session_step::wake_reader;
        }
        if (writer_waits_ && (stage_ != stage::exchanging || unsent() < settings_.limits.write_ahead)) {
            writer_waits_ = false;
            return session_step::wake_writer;
        }
        if (settled()) return session_step::finish_request;
    }
    if (stage_ == stage::receiving && !exchange_.open && !starved_ && !yields() && parse()) return session_step::start_request;
    if (stage_ == stage::closing) {
        if (std::exchange(refused_head_, false)) {
            exchange_.open = true;
            return session_step::refuse_request;
        }
        if (unsent() == 0) all_said(now);
    }
    if (std::exchange(sends_fin_, false)) return session_step::shut_down_send;
    return stage_ == stage::over ? close_transport() : session_step::none;
}

session_step http1_session::close_transport() noexcept
{
    if (std::exchange(transport_closed_, true)) return session_step::none;
    return resets_ ? session_step::reset : session_step::close;
}

bool http1_session::settled() const noexcept
{
    if (exchange_.handler_running) return false;
    if (stage_ == stage::over || exchange_.answer == answer_state::given_up) return true;
    // A large answer is over when its client has taken it: until then it can still be broken off.
    return exchange_.answer == answer_state::complete && unsent() <= settings_.limits.write_ahead;
}

// True if there is a request.
bool http1_session::parse()
{
    if (body_unread() && !discard_body()) {
        starved_ = !input_ended_ && stage_ == stage::receiving;
        if (input_ended_) end_when_sent();
        return false;
    }
    if (body_) {
        body_.reset();
        body_pace_.start();  // reading over it is no more
    }
    if (in_.empty()) {
        await_head();
        return false;
    }
    fields_of_suspended_.reset();
    if (!table_) table_ = storage_.tables.borrow();
    const auto result = parser_.parse(in_.bytes(), {table_.get(), storage_.tables.entries()}, head_);
    switch (result.state) {
    case parse_state::done: break;
    case parse_state::refused: refuse(result.why); return false;
    case parse_state::need_more:
        starved_ = true;
        if (input_ended_) end_when_sent();  // a client that ends inside a head does not wait for an answer to it
        return false;
    }
    in_.pin(result.consumed);
    parser_.reset();
    ++requests_;
    ++answers_this_turn_;
    std::construct_at(&exchange_);  // in place: an assignment would make it twice
    exchange_.open    = true;
    exchange_.started = since_;
    stage_            = stage::exchanging;
    body_received_    = 0;
    discarded_        = 0;
    if (head_.has_body()) {
        body_ = std::make_unique<body_decoder>(head_, settings_.body);
        body_pace_.start();
    }
    return true;
}

// Between two requests only the block that the next one is read into stays borrowed, and that until the connection dozes.
void http1_session::await_head() noexcept
{
    starved_ = true;
    in_.rewind();
    storage_.tables.take_back(std::move(table_));
    if (input_ended_ || draining_) end_when_sent();
}

// What is refused is a request all the same: it was answered, and has an outcome.
void http1_session::refuse(const refusal& why)
{
    const auto bytes = in_.bytes();
    head_            = read_request_line({bytes.data(), bytes.size()}, settings_.head.target);
    in_.pin(bytes.size());
    exchange_         = {};
    exchange_.started = since_;
    exchange_.refused = why;
    exchange_.outcome = outcome::refused;
    exchange_.status  = why.status;
    exchange_.sent    = write_refusal(filling_, why, storage_.date.line());
    exchange_.answer  = answer_state::complete;
    refused_head_     = true;
    stage_            = stage::closing;
}

// Reads over what a handler left of its body. False if there is more to come, or too much.
bool http1_session::discard_body() noexcept
{
    while (!body_->done() && !in_.empty()) {
        const auto bytes = in_.bytes();
        const auto piece = body_->next({bytes.data(), bytes.size()});
        in_.consume(piece.used);
        discarded_ += piece.used;
        if (piece.refused || discarded_ > settings_.limits.discard) {
            stage_ = stage::closing;  // the answer that went before is still to be taken
            return false;
        }
    }
    return body_->done();
}

void http1_session::end_when_sent() noexcept
{
    if (unsent() == 0)
        end(false);
    else if (stage_ != stage::over)
        stage_ = stage::closing;
}

void http1_session::end(bool by_reset) noexcept
{
    if (stage_ == stage::over) return;
    stage_   = stage::over;
    resets_  = by_reset;
    blocked_ = false;
    in_.clear();
}

// The answer is complete, but its client will not get all of it.
void http1_session::cut_short(outcome as) noexcept
{
    exchange_.answer  = answer_state::given_up;
    exchange_.outcome = as;
    end(exchange_.until_close);
}

// Nothing reaches the client any more. A request that is to finish all the same goes on, for nobody.
void http1_session::lose_client(disconnect_how how, time_point now, bool by_reset)
{
    if (exchange_.open) {
        if (exchange_.terms.on_disconnect != on_disconnect::finish) cancel(cause_kind::client_disconnected, how, now);
        if (exchange_.answer == answer_state::complete && unsent() != 0) exchange_.outcome = outcome::client_gone;
    }
    end(by_reset);
}

// ---- bytes in

bool http1_session::wants_input() const noexcept
{
    if (input_ended_ || departure_ == disconnect_how::reset) return false;
    switch (stage_) {
    case stage::receiving: return starved_;
    case stage::exchanging:
        if (body_unread() && reader_waits_) return in_.empty();
        return reads_ahead_ && exchange_.suspended && in_.size() < settings_.limits.read_ahead;
    case stage::lingering: return true;
    case stage::handed_over:
    case stage::closing:
    case stage::over: return false;
    }
    return false;
}

std::span<char> http1_session::input_room()
{
    if (stage_ == stage::lingering) in_.clear();
    return in_.room(stage_ == stage::receiving ? head_room : body_room);
}

void http1_session::received(std::size_t count, time_point now)
{
    if (stage_ == stage::lingering) {
        discarded_ += count;
        if (discarded_ > settings_.limits.discard) end(false);
        return;
    }
    if (stage_ == stage::receiving && !parser_.started()) since_ = now;
    in_.filled(count);
    dozes_   = false;
    starved_ = false;
    if (body_unread()) body_pace_.arrived(count, now);
    if (exchange_.open) exchange_.moved += count;
}

void http1_session::input_ended(time_point now)
{
    input_ended_ = true;
    starved_     = false;
    if (stage_ == stage::lingering) return end(false);
    peer_gone(disconnect_how::fin, now);
}

void http1_session::input_failed(time_point now)
{
    if (stage_ == stage::lingering) return end(false);
    peer_gone(disconnect_how::reset, now);
}

// ---- bytes out

std::string_view http1_session::to_send()
{
    if (sending_.empty() && !filling_.empty()) swap(sending_, filling_);
    return sending_.view();
}

bool http1_session::sent(std::size_t count, time_point now)
{
    sending_.consume(count);
    if (std::exchange(blocked_, false)) {
        send_pace_->arrived(count, now);
        send_pace_->stop(now);
    }
    sent_at_ = now;
    if (exchange_.open) exchange_.moved += count;
    return exchange_.open || stage_ != stage::receiving || unsent() != 0;
}

void http1_session::all_said(time_point now) noexcept
{
    if (input_ended_ || breaks_off_) return end(false);
    // Closing with bytes unread would reset the connection and destroy the answer on its way.
    stage_        = stage::lingering;
    sends_fin_    = true;
    discarded_    = 0;
    linger_until_ = now + settings_.limits.linger;
}

void http1_session::send_blocked(time_point now)
{
    if (blocked_) return;
    if (!send_pace_) send_pace_ = std::make_unique<pace>();
    send_pace_->wait(now);
    blocked_ = true;
    sent_at_ = now;
}

void http1_session::send_failed(disconnect_how how, time_point now)
{
    lose_client(how, now, false);
    filling_.clear();
    sending_.clear();
}

}  // namespace curfew::detail
