// Runs the requests of one connection: the part of it that does not depend on its transport.
#pragma once

#include "body_source.hpp"
#include "http1_session.hpp"
#include "request_data.hpp"
#include "request_node.hpp"
#include "transport_observer.hpp"
#include "verdict.hpp"
#include "worker.hpp"

#include <curfew/body_writer.hpp>
#include <curfew/detail/home.hpp>
#include <curfew/detail/parked.hpp>
#include <curfew/detail/wait_point.hpp>
#include <curfew/task.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace curfew::detail {

/// Gives each request its context and its route, runs its hooks and its handler, and carries out what the session decides
/// about it.
///
/// Plain handlers run where they are called from. For the others there is one coroutine per connection, started when the
/// first of them comes; between requests it is parked, and continued inline. It holds the connection.
class request_runner : public boost::intrusive_ref_counter<request_runner, boost::thread_unsafe_counter>,
                       public transport_observer,
                       public body_source,
                       public body_sink,
                       public stream_source,
                       private deadline_owner {
public:
    virtual ~request_runner();

    http1_session&       session() noexcept { return session_; }
    const http1_session& session() const noexcept { return session_; }
    inflight_request     describe() const;

    /// Carries on after an event: the session's steps, then the transport.
    virtual void progress() noexcept = 0;
    /// Closes the transport, whatever the request is doing.
    virtual void abandon() noexcept = 0;
    /// Ends the connection, and nothing but it, as something on its way has thrown: there is no memory, most likely.
    virtual void fail(const std::exception_ptr& error) noexcept = 0;

    // ---- giving the transport away
    /// True while an operation of HTTP is under way on it; asks those that read to end.
    virtual bool                        is_busy() noexcept      = 0;
    /// Precondition: not busy. `received`: bytes that belong to whoever gets it.
    virtual std::unique_ptr<raw_stream> give_away(std::string received) = 0;

protected:
    request_runner(std::shared_ptr<worker> in, std::string peer);

    /// Carries out the session's steps up to one that concerns the transport, or none.
    session_step run(time_point now);

    /// Whether the handler has begun and not been seen to wait.
    bool may_be_suspended() const noexcept
    {
        return session_.request().handler_running && !session_.request().suspended;
    }
    bool shielded() const noexcept { return request_ && request_->shielded(); }
    /// After a failure, with the transport closed: ends the request, accounts for it if it can, and stops.
    void break_off(time_point now) noexcept;
    /// Answers that were counted and are on their way will not arrive.
    void lose_unsent() noexcept;
    /// The transport is closed: the coroutine ends when it has nothing to do.
    void stop() noexcept;
    /// An operation on a transport that is to be given away has ended.
    void transport_idle() { wake_writer(); }
    /// Gives back what only requests need: for a connection that has been silent for a while.
    void rest();
    /// Once it is closed and its request is over, the connection is nobody's but its coroutine's.
    void let_go() noexcept;

    std::shared_ptr<worker> keeps_worker_;
    worker&       worker_;
    http1_session session_;

private:
    friend class worker;

    /// Where those wait who read or write a body piece by piece.
    struct body_waits {
        explicit body_waits(wait_point::executor_type ex) noexcept : reader(ex), writer(ex) {}
        wait_point reader, writer;
    };

    /// Where the coroutine waits between requests, and through which cancels reach it.
    struct coroutine_place {
        explicit coroutine_place(loop& on) : home(on) {}
        home_ptr home;
        parked   idle;
    };

    // ---- one request (request_runner.cpp)
    void start_request(time_point now);
    void count_beginning() noexcept;
    void drop_node() noexcept;
    void drop_nodes() noexcept;
    void prepare_node(time_point now);
    void renew_node(time_point started, time_point deadline);
    void account_for_refusal(time_point now);
    bool run_early(time_point now);
    void cancel_request();
    void answer_instead();
    void finish_request(time_point now);
    void count_outcome();
    void tell_outcome();
    void move_deadline();
    void on_deadline_lowered(time_point when, const deadline_setting& setting) noexcept override;

    // ---- its answer
    void answer(response&& what, outcome as);
    void answer_failure(const std::exception_ptr& error);
    bool run_after_hooks(response& what) noexcept;
    void end_handler();
    void conclude() noexcept;
    static void on_quiet(void* self);
    void report(void (*line)(const context&, const inflight_request&)) const noexcept;
    void report_failure(std::string_view error) const noexcept;
    void report_thrown() const noexcept;

    // ---- the coroutine (request_coroutine.cpp)
    void       wake_coroutine();
    void       coroutine_ended() noexcept;
    task<void> serve(boost::intrusive_ptr<request_runner> self);
    task<void> stream(response answer);
    body_waits&       waits();
    void              wake_reader();
    void              wake_writer();
    task<std::size_t> read_some(context ctx, boost::asio::mutable_buffer buffer) override;
    void              limit_size(std::uint64_t bytes) noexcept override { session_.lower_body_limit(bytes); }
    task<void>        write(context ctx, std::string_view bytes) override;
    task<std::unique_ptr<raw_stream>> take_over(context ctx) override;

    /// Precondition: there is a request. Lifetime: until it is finished.
    const context&   request_context() const noexcept { return *ctx_; }
    deadline_setting setting_for(const request_terms& terms) const;

    node_ptr<node>         connection_;         // made for the first request, and anew after a rest
    std::optional<context> ctx_;                // of the request, kept for the next one if nobody else keeps it
    request_node*          request_ = nullptr;  // its node
    request_data           data_;
    std::string            peer_;
    std::size_t            hooks_ran_ = 0;
    std::unique_ptr<response> stream_;  // a plain handler's, to be produced by the coroutine
    deadline_setting       setting_;

    std::unique_ptr<coroutine_place> coroutine_;  // from its start until it has ended
    std::unique_ptr<body_waits>      waits_;      // made when a body is first waited for
    bool       running_        = false;  // in `run`, further up the stack
    bool       begun_          = false;  // the request has been counted
    bool       coroutine_due_  = false;  // a request waits for the coroutine
    bool       in_handler_     = false;  // the coroutine has begun with it
    bool       stopped_        = false;
    bool       resting_        = false;  // the coroutine is to end until it is needed again
    bool       listed_         = true;   // by the worker

    request_runner* next_     = nullptr;  // in the worker's list
    request_runner* previous_ = nullptr;
};

}  // namespace curfew::detail
