#include "request_runner.hpp"

#include "request_fields.hpp"
#include "server_log.hpp"

#include <curfew/detail/cause_record.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/detail/thrown.hpp>
#include <curfew/request.hpp>
#include <curfew/stream.hpp>

#include <algorithm>
#include <utility>

namespace curfew::detail {

request_runner::request_runner(std::shared_ptr<worker> in, std::string peer)
    : keeps_worker_(std::move(in)), worker_(*keeps_worker_),
      session_(worker_.shared().settings, worker_.storage(), worker_.loop().now()),
      peer_(std::move(peer))
{
    data_.head   = &session_.head();
    data_.source = this;
    data_.raw    = this;
    data_.peer   = peer_;
    worker_.add(*this);
}

request_runner::~request_runner()
{
    if (begun_) worker_.request_ended();
    if (coroutine_) coroutine_->home->retarget(nullptr);
    if (request_) {
        request_->unwatch_operations();
        request_->disown();
    }
}

session_step request_runner::run(time_point now)
{
    if (running_) return session_step::none;  // whoever called us goes on
    running_ = true;
    for (;;) {
        switch (const auto step = session_.next(now)) {
        case session_step::start_request: start_request(now); break;
        case session_step::move_deadline: move_deadline(); break;
        case session_step::cancel_request: cancel_request(); break;
        case session_step::answer_instead: answer_instead(); break;
        case session_step::wake_reader: wake_reader(); break;
        case session_step::wake_writer: wake_writer(); break;
        case session_step::refuse_request: account_for_refusal(now); break;
        case session_step::finish_request: finish_request(now); break;
        default: running_ = false; return step;
        }
    }
}

void request_runner::break_off(time_point now) noexcept
{
    running_       = false;
    coroutine_due_ = false;
    if (session_.has_request() && !begun_) {
        ++worker_.counts().requests;
        ++worker_.counts().abandoned;
        session_.release_request(now);
    }
    session_.fail(now);
    if (!in_handler_) session_.handler_ended();  // else its end is still to be told
    try {
        run(now);
    } catch (...) {
        // Nor is there memory to account for it.
    }
    stop();
}

void request_runner::lose_unsent() noexcept
{
    if (session_.has_request() || session_.all_sent()) return;
    --worker_.counts().answered;
    ++worker_.counts().abandoned;
}

void request_runner::stop() noexcept
{
    stopped_ = true;
    if (!session_.has_request()) let_go();
    wake_writer();  // nobody takes the transport over any more
    if (coroutine_ && coroutine_->idle) coroutine_->idle.resume();
}

void request_runner::rest()
{
    waits_.reset();
    if (coroutine_) {
        resting_ = true;
        if (coroutine_->idle) coroutine_->idle.resume();
    } else {
        drop_nodes();
    }
    worker_.connection_rested();
}

// Precondition: nobody else holds it, as is so between two requests.
void request_runner::drop_node() noexcept
{
    if (!request_) return;
    if (coroutine_) coroutine_->home->retarget(nullptr);
    request_->disown();
    request_ = nullptr;
    ctx_.reset();
}

// Precondition: there is no request.
void request_runner::drop_nodes() noexcept
{
    drop_node();
    connection_ = {};
}

void request_runner::let_go() noexcept
{
    if (std::exchange(listed_, false)) worker_.remove(*this);
}

// ---- its beginning

void request_runner::start_request(time_point now)
{
    const auto& shared = worker_.shared();
    data_.params.clear();
    data_.route = &shared.routes.find(data_.head->method, data_.head->path, data_.params);
    hooks_ran_ = 0;
    prepare_node(now);
    count_beginning();

    if (session_.request().deadline <= now) {
        ++worker_.counts().expired;
        request_->expire();
        answer_failure(nullptr);
    } else if (run_early(now)) {
        return;
    }
    end_handler();
}

void request_runner::count_beginning() noexcept
{
    begun_ = true;
    worker_.request_began();
    ++worker_.counts().requests;
}

// What its client, its route and the server say about it.
void request_runner::prepare_node(time_point now)
{
    const auto& options = worker_.shared().options;
    const auto& route   = data_.route->options;
    const auto  started = session_.request().started;

    request_terms terms;
    terms.body_limit    = route.body_limit.value_or(options.limits.body_size);
    terms.on_disconnect = route.on_disconnect;
    terms.half_close    = route.half_close;

    const auto fields = read_fields(*data_.head, options.deadline_headers);
    if (!fields.deadline.empty()) worker_.counts().malformed_deadlines += fields.deadline.malformed();
    setting_       = effective_deadline(options, route, fields.deadline);
    terms.deadline = started + setting_.configured;
    terms.origin   = setting_.origin;

    renew_node(started, terms.deadline);
    request_->trace() = fields.trace.finish();
    session_.begin(terms, now);
}

// Gives the request its context: the one of the request before it, unless somebody kept that.
void request_runner::renew_node(time_point started, time_point deadline)
{
    if (!connection_) {
        auto& loops_root = worker_.root();
        connection_      = node_ptr<node>(
            new node(&loops_root, &loops_root, worker_.loop(), node::domain::own, "connection", {}));
    }
    if (!request_) {
        request_ = new request_node(*connection_, *this);
        ctx_.emplace(node_ptr<node_base>(request_));
        if (coroutine_) coroutine_->home->retarget(request_);
    }
    request_->begin(data_.route->name, started, deadline, setting_);
}

// A head that was refused has no route and no handler, but else all that a request has. Its fields are not to be trusted,
// so its trace is a new one.
void request_runner::account_for_refusal(time_point now)
{
    data_.params.clear();
    data_.route = &worker_.shared().routes.refused();
    setting_ = {};
    renew_node(session_.request().started, node::no_deadline);
    request_->trace() = inbound_trace().finish();
    count_beginning();
    finish_request(now);
}

// Runs hooks and a plain handler. True if the rest is up to the coroutine.
bool request_runner::run_early(time_point)
{
    const auto& links = data_.route->links;
    try {
        const context& ctx = request_context();
        const request  req(data_);
        if (auto early = links.before(ctx, req, hooks_ran_)) {
            answer(std::move(*early), outcome::completed);
        } else if (links.is_plain()) {
            answer(links.answer(ctx, req), outcome::completed);
        } else {
            wake_coroutine();
            return true;
        }
    } catch (...) {
        answer_failure(std::current_exception());
    }
    if (!stream_) return false;
    wake_coroutine();
    return true;
}

// ---- what may happen to it meanwhile

void request_runner::cancel_request()
{
    const auto& request = session_.request();
    if (request.canceled == cause_kind::deadline_exceeded) return request_->expire();
    request_->cancel(make_cause(request.canceled, *request_, {},
                                [&](cause_record& why) { why.how = request.canceled_how; }));
}

void request_runner::answer_instead()
{
    static const response gone;  // who left is not answered

    ++worker_.counts().stragglers;
    const auto ctx = request_context();
    report(log_straggler);
    const auto verdict = judge_ended(ctx);
    session_.answer_instead(verdict.answer ? *verdict.answer : gone, verdict.outcome);
}

void request_runner::move_deadline()
{
    request_->move_deadline(session_.request().deadline, setting_);
}

void request_runner::on_deadline_lowered(time_point when, const deadline_setting& setting) noexcept
{
    setting_ = setting;
    session_.lower_deadline(when, setting.origin);
}

// ---- its answer

namespace {

// An interim response in the place of the final one would have the client wait for ever, and take the next for this one.
constexpr bool is_final(status s) noexcept
{
    return to_int(s) >= 200 && to_int(s) <= 999;
}

}  // namespace

void request_runner::answer(response&& what, outcome as)
{
    bool good = run_after_hooks(what);
    if (!is_final(what.status())) {
        const auto error = "answered with status " + std::to_string(to_int(what.status())) + ", which ends no request";
        report_failure(error);
        good = false;
    }
    if (!good) {
        what = problem_response(status::internal_server_error);
        as   = outcome::failed;
    }
    if (what.stream())
        stream_ = std::make_unique<response>(std::move(what));
    else
        session_.answer(what, as);
}

void request_runner::answer_failure(const std::exception_ptr& error)
{
    const auto ctx     = request_context();
    auto       verdict = error ? judge(error, ctx, session_.request().refused) : judge_ended(ctx);
    if (!verdict.error.empty()) report_failure(verdict.error);
    if (verdict.answer)
        answer(std::move(*verdict.answer), verdict.outcome);
    else
        session_.give_up(verdict.outcome);
}

// False if a hook threw: the others have run all the same.
bool request_runner::run_after_hooks(response& what) noexcept
{
    bool all = true;
    while (hooks_ran_ != 0) {
        try {
            data_.route->links.after(request_context(), request(data_), what, hooks_ran_);
        } catch (...) {
            report_thrown();
            all = false;
        }
    }
    return all;
}

// ---- its end

// The handler has returned. What it left behind is canceled and awaited, before the request counts as over.
void request_runner::end_handler()
{
    const std::uint32_t owners = coroutine_ ? 2 : 1;
    if (request_->references() > owners && request_->operations() != 0) {
        ++worker_.counts().leaks;
        report(log_leak);
        request_->cancel(make_cause(cause_kind::request_finished, *request_, {}));
        request_->watch_operations(&request_runner::on_quiet, this);
        return;
    }
    session_.handler_ended();
}

void request_runner::on_quiet(void* runner)
{
    auto& self = *static_cast<request_runner*>(runner);
    self.request_->unwatch_operations();
    self.session_.handler_ended();
    self.progress();
}

// The end of a handler that ran in the coroutine.
void request_runner::conclude() noexcept
{
    in_handler_ = false;
    try {
        end_handler();
    } catch (...) {
        return fail(std::current_exception());
    }
    progress();
}

void request_runner::finish_request(time_point now)
{
    count_outcome();
    if (data_.route->links.has_finished()) tell_outcome();

    const std::uint32_t owners = coroutine_ ? 2 : 1;
    if (request_->references() > owners || request_->done()) {
        // A handle kept after the request is safe, and done; the next request gets a node of its own.
        request_->disown();
        request_->cancel(make_cause(cause_kind::request_finished, *request_, {}));
        drop_node();
    }
    begun_ = false;
    worker_.request_ended();
    session_.release_request(now);
    if (stopped_) let_go();
}

void request_runner::count_outcome()
{
    const auto& request = session_.request();
    auto&       counts  = worker_.counts();
    if (request.answer == answer_state::complete && request.outcome != outcome::client_gone)
        ++counts.answered;
    else if (request.outcome == outcome::client_gone)
        ++counts.left;
    else
        ++counts.abandoned;
    if (request.outcome == outcome::refused) ++counts.refused;
    if (!request.answered_instead) return;
    ++counts.late;
    report(log_late);
}

// The turn may have begun long before a handler ended that waited for nothing: only the clock knows how long it took.
void request_runner::tell_outcome()
{
    const auto&    request = session_.request();
    const auto     now     = worker_.loop().now();
    request_record record;
    record.outcome = request.outcome;
    record.status  = request.status;
    record.sent    = request.sent;
    record.took    = now - request.started;
    record.stopped = request_->stopped();
    record.why     = request_->why();
    if (request.canceled != cause_kind::none)
        record.quiet = now - request.canceled_at;
    else if (record.why)  // canceled by other than the session
        record.quiet = std::max(record.took - record.why.elapsed(), duration::zero());
    if (request.outcome == outcome::refused) record.reason = request.refused->reason;
    const auto& links = data_.route->links;
    for (std::size_t left = links.size(); left != 0;) {
        try {
            links.finished(request_context(), curfew::request(data_), record, left);
        } catch (...) {
            report_thrown();
        }
    }
}

// Without memory for the line there is nobody left to tell.
void request_runner::report(void (*line)(const context&, const inflight_request&)) const noexcept
try {
    line(request_context(), describe());
} catch (...) {
}

void request_runner::report_failure(std::string_view error) const noexcept
try {
    log_failure(request_context(), describe(), error);
} catch (...) {
}

void request_runner::report_thrown() const noexcept
try {
    log_failure(request_context(), describe(), message_of(std::current_exception()));
} catch (...) {
}

inflight_request request_runner::describe() const
{
    inflight_request what;
    what.method  = to_string(data_.head->method);
    what.path    = data_.head->path;
    what.route   = data_.route ? data_.route->pattern : std::string();
    what.running = worker_.loop().now() - session_.request().started;
    if (request_) what.why = request_->why();
    if (coroutine_) {
        const auto at = coroutine_->home->waiting_at();
        if (at.line() != 0) what.waiting_at = std::string(at.file_name()) + ":" + std::to_string(at.line());
    }
    return what;
}

}  // namespace curfew::detail
