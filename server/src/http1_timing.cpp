// What time and the client's departure do to a request.
#include "http1_session.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

namespace curfew::detail {

using namespace std::chrono_literals;

// ---- the client's departure

void http1_session::peer_gone(disconnect_how how, time_point now)
{
    if (departure_ == disconnect_how::reset) return;
    if (stage_ == stage::lingering || stage_ == stage::handed_over || stage_ == stage::over) return;  // nobody asks any more
    departure_ = how;
    if (exchange_.open) {
        // Before the handler has waited for anything it may still answer in no time: see `handler_suspended`.
        if (!exchange_.handler_running || exchange_.suspended) apply_departure(now);
    } else if (how == disconnect_how::reset) {
        end(false);
    }
}

void http1_session::handler_suspended(time_point now)
{
    if (std::exchange(exchange_.suspended, true)) return;
    slim();
    if (departure_ != disconnect_how::none) apply_departure(now);
}

// A handler that waits may do so for long, and together with thousands of others.
void http1_session::slim() noexcept
{
    const auto fields = head_.fields;
    if (!table_) return;
    fields_of_suspended_.reset(new (std::nothrow) field_view[fields.size()]);
    if (!fields_of_suspended_) return;
    std::copy(fields.begin(), fields.end(), fields_of_suspended_.get());
    head_.fields = {fields_of_suspended_.get(), fields.size()};
    storage_.tables.take_back(std::move(table_));
}

void http1_session::apply_departure(time_point now)
{
    if (stage_ == stage::handed_over) return;  // what has come, and its end, are for whoever reads the raw stream
    if (departure_ == disconnect_how::reset) return lose_client(departure_, now, false);
    if (exchange_.terms.on_disconnect == on_disconnect::finish) return;
    // Half a body makes no request: a client that ends inside it does not wait for an answer.
    if (!body_cut_off()) {
        if (exchange_.terms.half_close == half_close::ignore) return;
        if (exchange_.terms.half_close == half_close::probe) {
            if (exchange_.probe_at == time_point::max()) exchange_.probe_at = now;
            return;
        }
    }
    cancel(cause_kind::client_disconnected, departure_, now);
}

// Whether the client has ended before its body did. What has come and was not read yet counts.
bool http1_session::body_cut_off() const noexcept
{
    if (!input_ended_ || !body_unread()) return false;
    auto decoder = *body_;
    for (auto rest = unread_input(); !rest.empty() && !decoder.done();) {
        const auto piece = decoder.next(rest);
        if (piece.refused) return false;
        rest.remove_prefix(piece.used);
    }
    return !decoder.done();
}

// An interim response finds out whether the peer still has a socket: if not, it answers with a reset.
void http1_session::probe(time_point now)
{
    exchange_.probe_at = now + 1s;
    if (head_.version == 10 || exchange_.answer != answer_state::none || stage_ != stage::exchanging) return;
    write_interim(filling_, status::processing);
}

// ---- the end of the request's context

void http1_session::cancel(cause_kind kind, disconnect_how how, time_point now)
{
    if (exchange_.canceled != cause_kind::none) return;
    exchange_.canceled     = kind;
    exchange_.canceled_how = how;
    exchange_.canceled_at  = now;
    exchange_.cancel_due   = true;
    exchange_.grace_until  = now + settings_.grace;
}

void http1_session::shut_down(time_point now)
{
    drain();
    if (!exchange_.open) return end_when_sent();  // those answers were given before the limit passed
    if (exchange_.handler_running) return cancel(cause_kind::shutdown, disconnect_how::none, now);
    cut_short(outcome::shutdown);
}

void http1_session::give_up_all(cause_kind why, outcome as, time_point now) noexcept
{
    if (exchange_.open) {
        cancel(why, disconnect_how::none, now);
        if (exchange_.answer != answer_state::complete || unsent() != 0) cut_short(as);
    }
    end(true);
}

void http1_session::close_if_idle() noexcept
{
    if (is_idle()) end_when_sent();
}

// ---- time

namespace {
// What a connection keeps for its next request is worth it while one may come any moment.
constexpr duration doze_after = 1s;
}  // namespace

bool http1_session::is_idle() const noexcept
{
    return stage_ == stage::receiving && !exchange_.open && starved_ && !body_unread() && !parser_.started();
}

void http1_session::fall_silent(time_point now)
{
    // A client that has sent nothing is not told anything either.
    if (now >= quiet_since() + settings_.limits.keep_alive_idle) return end(false);
    if (dozes_ || now < quiet_since() + doze_after || unsent() != 0) return;
    dozes_ = true;
    if (in_.empty()) in_.clear();
    filling_.release();
    sending_.release();
}

time_point http1_session::wake_at() const noexcept
{
    auto at = time_point::max();
    const auto also = [&at](time_point when) { at = std::min(at, when); };
    if (exchange_.open) {
        if (exchange_.canceled == cause_kind::none) {
            also(exchange_.deadline);
            also(exchange_.probe_at);
        } else if (exchange_.handler_running && stage_ != stage::over) {
            also(exchange_.grace_until);
        }
        if (body_pace_.waiting()) also(body_pace_.look_at(settings_.body_pace));
    }
    if (blocked_) also(send_pace_->look_at(settings_.send_pace));
    if (is_idle())
        also(quiet_since() + (dozes_ || unsent() != 0 ? settings_.limits.keep_alive_idle : std::min<duration>(doze_after, settings_.limits.keep_alive_idle)));
    else if (stage_ == stage::receiving && !exchange_.open)
        also(body_unread() ? body_pace_.look_at(settings_.body_pace)
                           : since_ + (parser_.started() ? settings_.limits.head_time : settings_.limits.body_idle));
    if (stage_ == stage::lingering) also(linger_until_);
    return at;
}

void http1_session::time_passed(time_point now, bool shielded)
{
    if (blocked_ && send_pace_->too_slow(settings_.send_pace, now)) lose_client(disconnect_how::peer_timeout, now, true);
    if (exchange_.open) {
        if (body_pace_.too_slow(settings_.body_pace, now)) exchange_.refused = refusals::body_too_slow;
        if (exchange_.canceled == cause_kind::none) {
            if (now >= exchange_.deadline) deadline_passed(now);
            if (now >= exchange_.probe_at) probe(now);
        } else if (now >= exchange_.grace_until) {
            grace_passed(now, shielded);
        }
    } else if (is_idle()) {
        fall_silent(now);
    } else if (stage_ == stage::receiving && body_unread()) {
        // The answer that went before is still to be taken.
        if (body_pace_.too_slow(settings_.body_pace, now)) stage_ = stage::closing;
    } else if (stage_ == stage::receiving && now >= wake_at()) {
        if (parser_.started())
            refuse(refusals::head_too_slow);
        else
            end(false);
    }
    if (stage_ == stage::lingering && now >= linger_until_) end(false);
}

// Whether request or answer has moved at the minimum rate since the last look.
bool http1_session::flows(time_point now) noexcept
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now - exchange_.looked_at).count();
    const auto wanted  = settings_.limits.minimum_rate * static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 1));
    exchange_.looked_at = now;
    return std::exchange(exchange_.moved, 0) >= wanted;
}

void http1_session::deadline_passed(time_point now)
{
    if (exchange_.terms.origin == deadline_origin::server_default && flows(now)) {
        exchange_.deadline       = now + settings_.limits.minimum_rate_after;
        exchange_.moved_deadline = true;
        return;
    }
    cancel(cause_kind::deadline_exceeded, disconnect_how::none, now);
    if (exchange_.handler_running) return;
    cut_short(outcome::deadline);  // its client is too slow for it
}

void http1_session::grace_passed(time_point now, bool shielded)
{
    if (!exchange_.handler_running || stage_ != stage::exchanging) {
        exchange_.grace_until = time_point::max();
        return;
    }
    const bool client_only = exchange_.canceled == cause_kind::client_disconnected;
    if (shielded && client_only) {
        exchange_.grace_until = now + settings_.grace;
        return;
    }
    // From here on nothing is read: who is not home yet must not meet the next request.
    exchange_.grace_until = time_point::max();
    exchange_.overdue     = true;
}

}  // namespace curfew::detail
