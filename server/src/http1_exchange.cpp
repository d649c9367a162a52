// The request at hand: its terms, its body, its answer.
#include "http1_session.hpp"

#include <curfew/stream.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace curfew::detail {

// ---- its life

void http1_session::begin(const request_terms& terms, time_point now)
{
    exchange_.terms           = terms;
    exchange_.deadline        = terms.deadline;
    exchange_.looked_at       = now;
    exchange_.handler_running = true;
    if (body_) body_->limit_size(terms.body_limit);
}

void http1_session::lower_deadline(time_point when, deadline_origin origin) noexcept
{
    if (when >= exchange_.deadline || exchange_.canceled != cause_kind::none) return;
    exchange_.deadline     = when;
    exchange_.terms.origin = origin;
}

void http1_session::lower_body_limit(std::uint64_t bytes) noexcept
{
    auto& limit = exchange_.terms.body_limit;
    limit       = std::min(limit, bytes);
    if (body_) body_->limit_size(limit);
}

void http1_session::handler_ended() noexcept
{
    exchange_.handler_running = false;
}

void http1_session::release_request(time_point now)
{
    exchange_.open = false;
    encoder_.reset();
    in_.unpin();
    since_   = now;
    starved_ = false;
    if (stage_ == stage::handed_over) return end(false);
    if (stage_ != stage::exchanging) return;
    if (exchange_.answer == answer_state::given_up)
        end(false);
    else
        stage_ = stage::receiving;
    if (stage_ == stage::receiving && body_unread()) body_pace_.wait(now);
}

// ---- its body

http1_session::body_read http1_session::read_body(std::span<char> into, time_point now)
{
    using state = body_read::state;
    if (exchange_.refused) return {state::refused};
    if (!body_unread()) return {state::end};
    if (head_.content_length.value_or(0) > exchange_.terms.body_limit) {
        exchange_.refused = refusals::body_too_large;  // before it is asked for
        return {state::refused};
    }
    while (!in_.empty()) {
        const auto bytes = in_.bytes().first(std::min(in_.size(), into.size()));
        const auto piece = body_->next({bytes.data(), bytes.size()});
        std::copy(piece.data.begin(), piece.data.end(), into.begin());
        in_.consume(piece.used);
        body_received_ += piece.data.size();
        if (piece.refused) {
            exchange_.refused = piece.refused;
            return {state::refused};
        }
        if (!piece.data.empty()) return {state::data, piece.data.size()};
        if (body_->done()) return {state::end};
    }
    if (stage_ != stage::exchanging || input_ended_ || departure_ == disconnect_how::reset) return {state::broken_off};
    if (head_.expect_continue && !exchange_.continued && body_received_ == 0 && exchange_.answer == answer_state::none) {
        exchange_.continued = true;
        write_interim(filling_, status::continue_);
    }
    reader_waits_ = true;
    body_pace_.wait(now);
    return {state::wait};
}

void http1_session::stop_reading(time_point now) noexcept
{
    reader_waits_ = false;
    body_pace_.stop(now);
}

// ---- its answer

bool http1_session::can_answer() const noexcept
{
    return exchange_.open && exchange_.answer == answer_state::none && stage_ == stage::exchanging &&
           departure_ != disconnect_how::reset;
}

// Whether the connection ends with this answer.
bool http1_session::is_last_answer() const noexcept
{
    if (!head_.keep_alive || draining_ || requests_ >= settings_.limits.requests || exchange_.refused) return true;
    if (!body_unread()) return false;
    // Whether a client that waits for 100 will still send its body, nobody can tell.
    if (input_ended_ || (head_.expect_continue && !exchange_.continued)) return true;
    return head_.content_length.value_or(0) > body_received_ + settings_.limits.discard;
}

answer_head http1_session::head_for(const response& what, bool last)
{
    answer_head head;
    head.status       = what.status();
    head.content_type = what.headers().contains("content-type") ? std::string_view() : what.content_type();
    head.fields       = &what.headers();
    head.date         = storage_.date.line();
    head.version      = head_.version;
    head.to_head      = head_.method == method::head;
    head.close        = last;
    return head;
}

void http1_session::answer(const response& what, outcome as)
{
    if (exchange_.answer != answer_state::none) return;  // the server has answered in the handler's place
    if (!can_answer()) return give_up(outcome::client_gone);
    format(what, as, is_last_answer());
}

void http1_session::answer_instead(const response& what, outcome as)
{
    exchange_.answered_instead = true;
    if (exchange_.answer == answer_state::streaming) return break_stream(as);
    if (exchange_.answer == answer_state::complete) {
        if (stage_ == stage::exchanging) stage_ = stage::closing;  // what the handler left behind does not end
        return;
    }
    if (exchange_.canceled == cause_kind::client_disconnected || !can_answer()) return give_up(outcome::client_gone);
    format(what, as, true);
}

void http1_session::format(const response& what, outcome as, bool last)
{
    write_answer(filling_, head_for(what, last), what.body());
    exchange_.answer  = answer_state::complete;
    exchange_.outcome = as;
    exchange_.status  = what.status();
    if (head_.method != method::head && allows_content(what.status())) exchange_.sent = what.body().size();
    if (last) stage_ = stage::closing;
}

void http1_session::give_up(outcome as) noexcept
{
    if (exchange_.answer != answer_state::none) return;
    exchange_.answer  = answer_state::given_up;
    exchange_.outcome = as;
    if (departure_ == disconnect_how::reset)
        end(false);
    else
        end_when_sent();  // the answers to the requests before it
}

bool http1_session::begin_stream(const response& what, std::optional<std::uint64_t> length)
{
    if (exchange_.answer != answer_state::none) return false;
    if (!can_answer()) {
        give_up(outcome::client_gone);
        return false;
    }
    const bool endless = head_.version == 10 && !length && allows_content(what.status());  // for HEAD, too
    const bool last    = is_last_answer() || endless;
    const auto framing = write_stream_head(filling_, head_for(what, last), length);
    encoder_.emplace(framing, length.value_or(0));
    exchange_.answer      = answer_state::streaming;
    exchange_.status      = what.status();
    exchange_.stream_last = last || framing == body_framing::until_close;
    exchange_.until_close = framing == body_framing::until_close;
    lift_default_deadline();
    if (framing != body_framing::none) return true;
    end_stream();
    return false;
}

// How long a stream may take is for its route, its client or its code to say.
void http1_session::lift_default_deadline() noexcept
{
    if (exchange_.terms.origin != deadline_origin::server_default || exchange_.canceled != cause_kind::none) return;
    exchange_.deadline       = time_point::max();
    exchange_.terms.origin   = deadline_origin::none;
    exchange_.moved_deadline = true;
}

http1_session::written http1_session::write_body(std::string_view bytes)
{
    if (stage_ != stage::exchanging) break_stream(outcome::client_gone);
    if (exchange_.answer != answer_state::streaming) return written::broken_off;
    if (!encoder_->append(filling_, bytes)) {
        break_stream(outcome::failed);
        return written::broken_off;
    }
    exchange_.sent += bytes.size();
    writer_waits_ = unsent() >= settings_.limits.write_ahead;
    return writer_waits_ ? written::wait : written::taken;
}

void http1_session::end_stream()
{
    if (exchange_.answer != answer_state::streaming) return;
    if (stage_ != stage::exchanging) return break_stream(outcome::client_gone);
    const bool whole = encoder_->finish(filling_);
    if (!whole && !exchange_.until_close) return break_stream(outcome::failed);
    exchange_.answer = answer_state::complete;
    if (exchange_.stream_last) stage_ = stage::closing;
}

void http1_session::break_stream(outcome as) noexcept
{
    if (exchange_.answer != answer_state::streaming) return;
    exchange_.answer  = answer_state::given_up;
    exchange_.outcome = as;
    // What has no announced end can only end by a reset; all else ends short of what was announced.
    if (exchange_.until_close || blocked_ || departure_ != disconnect_how::none) return end(exchange_.until_close);
    breaks_off_ = true;
    end_when_sent();
}

bool http1_session::hand_over()
{
    if (!can_answer()) return false;
    stage_            = stage::handed_over;
    exchange_.answer  = answer_state::complete;
    exchange_.outcome = outcome::completed;
    exchange_.status  = status::switching_protocols;
    lift_default_deadline();
    return true;
}

}  // namespace curfew::detail
