#include <curfew/testing/test_server.hpp>

#include "connection.hpp"
#include "drain.hpp"
#include "health.hpp"
#include "memory_connection_state.hpp"
#include "worker.hpp"

#include <curfew/detail/cause_record.hpp>
#include <curfew/middleware.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <utility>

namespace curfew::testing {

using namespace std::chrono_literals;
using namespace curfew::detail;

namespace {

/// Sees every request last, as the outermost middleware.
struct recorder {
    std::shared_ptr<std::vector<request_record>> records;

    void finished(const context&, const request&, const request_record& record) const { records->push_back(record); }
};

/// Puts a middleware around a router's own, those of its 404 included.
router surrounded(middleware outermost, const router& routes)
{
    const auto& own = routes.middlewares();
    router      all;
    all.use(std::move(outermost));
    for (const auto& each : own) all.use(each);
    for (const auto& each : routes.routes()) {
        // Every route of a router has the router's middlewares outermost, and gets them here from `all`.
        router one;
        for (auto inner = each.around.begin() + static_cast<std::ptrdiff_t>(own.size()); inner != each.around.end(); ++inner)
            one.use(*inner);
        if (each.method)
            one.route(*each.method, each.pattern, each.answer, each.options);
        else
            one.any(each.pattern, each.answer, each.options);
        all.mount("", std::move(one));
    }
    return all;
}

std::string request_bytes(method m, std::string_view target, std::string_view body, const fields& more)
{
    std::string bytes(to_string(m));
    bytes.append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(more.wire());
    if (!body.empty()) bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    return bytes.append("\r\n").append(body);
}

std::string describe(const inflight_request& one)
{
    const auto  ms = std::chrono::duration_cast<std::chrono::milliseconds>(one.running).count();
    std::string text = "request " + one.method + " " + one.path + ", for " + std::to_string(ms) + " ms";
    if (!one.waiting_at.empty()) text += ", waits at " + one.waiting_at;
    return text += '\n';
}

}  // namespace

class test_server::implementation {
public:
    implementation(const router& routes, server_options options, std::source_location where) : loop(clock, where)
    {
        runner->loop = &loop;
        auto all     = surrounded(recorder{records}, routes);
        add_health_routes(all, ready_);
        service_ = std::make_shared<service>(all, std::move(options));
        auto& background = loop.background();
        root_   = node_ptr<node>(new work_node(&background.node(), &background.life(), background.life().loop(),
                                               node::domain::own, "server", where));
        worker_ = std::make_shared<class worker>(loop.io(), service_, *root_);
    }

    ~implementation()
    {
        shut_down();
        for (const auto& each : worker_->snapshot()) ADD_FAILURE() << "still running at the end of the test:\n" << describe(each);
        on_loop([this] { worker_->abandon(); });
        runner->loop = nullptr;
        worker_      = {};
        root_        = {};
    }

    std::shared_ptr<memory_wire> connect(std::source_location where)
    {
        auto          wire = make_memory_wire(loop.io().get_executor(), where);
        const bool    told = service_->options.detection == disconnect_detection::automatic;
        memory_stream stream(wire, told);
        if (draining_)
            stream.close(true);
        else
            boost::asio::post(loop.io(), [this, stream = std::move(stream)] {
                connection<memory_stream>::start(worker_, stream);
            });
        runner->run();
        return wire;
    }

    /// Goes to the next deadline, or to `until` if that is sooner.
    void advance_once(time_point until)
    {
        const auto& pending = worker_->loop().deadlines();
        const auto  next    = pending.empty() ? until : std::min(until, pending.earliest());
        clock.advance(std::max(next - clock.now(), duration::zero()));
    }

    bool shut_down()
    {
        if (!ended_) ended_ = run_drain();
        return *ended_;
    }

    manual_clock                                 clock;
    test_loop                                    loop;
    std::shared_ptr<testing::runner>             runner  = std::make_shared<testing::runner>();
    std::shared_ptr<std::vector<request_record>> records = std::make_shared<std::vector<request_record>>();

    class worker& worker() noexcept { return *worker_; }

private:
    bool run_drain()
    {
        drain steps(service_->options.drain);
        for (steps.begin(clock.now());;) {
            loop.run_ready();
            switch (steps.next(clock.now(), worker_->left())) {
            case drain_step::none: advance_once(steps.wake_at()); break;
            case drain_step::fail_readiness: ready_->store(false, std::memory_order_relaxed); break;
            case drain_step::stop_accepting:
                draining_ = true;
                on_loop([this] { worker_->drain(); });
                break;
            case drain_step::cancel_requests:
                on_loop([this] {
                    root_->cancel(make_cause(cause_kind::shutdown, *root_, {}));
                    worker_->shut_down();
                });
                break;
            case drain_step::give_up: return false;
            case drain_step::finish: return worker_->counts().requests == worker_->counts().answered + worker_->counts().left;
            }
        }
    }

    template <class F>
    void on_loop(F f)
    {
        boost::asio::post(loop.io(), std::move(f));
        loop.run_ready();
    }

    std::shared_ptr<std::atomic<bool>>   ready_ = std::make_shared<std::atomic<bool>>(true);
    std::shared_ptr<const service>       service_;
    node_ptr<node>                       root_;
    std::shared_ptr<class worker>        worker_;
    bool                                 draining_ = false;
    std::optional<bool>                  ended_;
};

test_server::test_server(router routes, server_options options, std::source_location where)
    : self_(std::make_unique<implementation>(routes, std::move(options), where))
{
}

test_server::~test_server() = default;

memory_connection test_server::connect(std::source_location where)
{
    auto wire = self_->connect(where);
    return memory_connection(
        std::make_shared<memory_connection::state>(memory_connection::state{self_->runner, std::move(wire), {}}));
}

answer test_server::send(method m, std::string_view target, std::string_view body, const fields& more,
                         std::source_location where)
{
    auto client = connect(where);
    client.write(request_bytes(m, target, body, more));
    const auto until = clock().now() + 1h;
    auto       found = client.next_answer(m);
    while ((!found || static_cast<unsigned>(found->status) < 200) && clock().now() < until) {
        if (!found) self_->advance_once(until);
        found = client.next_answer(m);
    }
    if (!found) ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line())) << "no answer to " << to_string(m) << " " << target;
    client.fin();
    return std::move(found).value_or(answer());
}

manual_clock& test_server::clock() noexcept
{
    return self_->clock;
}

test_loop& test_server::loop() noexcept
{
    return self_->loop;
}

const std::vector<request_record>& test_server::records() const noexcept
{
    return *self_->records;
}

std::size_t test_server::inflight() const noexcept
{
    return self_->worker().inflight();
}

std::size_t test_server::connections() const noexcept
{
    return self_->worker().connections();
}

bool test_server::shut_down()
{
    return self_->shut_down();
}

test_server::hold::hold(test_server& server) noexcept : server_(server)
{
    ++server_.self_->runner->held;
}

test_server::hold::~hold()
{
    --server_.self_->runner->held;
    server_.self_->runner->run();
}

}  // namespace curfew::testing
