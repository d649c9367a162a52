#include <curfew/server.hpp>

#include "admin.hpp"
#include "drain.hpp"
#include "health.hpp"
#include "server_log.hpp"
#include "server_loop.hpp"

#include <curfew/detail/cause_record.hpp>
#include <curfew/detail/loop.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <utility>

namespace curfew {

using namespace detail;

/// The loops that serve, and one that watches over their end: the caller's, which runs nothing else.
class server::implementation final : public std::enable_shared_from_this<implementation> {
public:
    implementation(router routes, server_options options) : ready_(std::make_shared<std::atomic<bool>>(true))
    {
        for (const auto& each : options.listen) addresses_.push_back(parse_listen_address(each));
        if (!options.admin.empty()) {
            admin_address_ = parse_listen_address(options.admin);
            if (!admin_address_->is_local() && options.admin_token.empty())
                throw std::invalid_argument("listen " + options.admin + ": an admin listener that others reach needs a token");
        }
        add_health_routes(routes, ready_);
        service_ = std::make_shared<service>(routes, std::move(options));
        drain_.emplace(service_->options.drain);
    }

    void listen()
    {
        if (!sockets_.empty()) return;
        catch_signals();
        if (addresses_.empty()) throw std::invalid_argument("there is no address to listen on");
        const auto& options = service_->options;
        const auto  sharing = threads() == 1 ? port_sharing::alone : port_sharing::first_of_many;
        for (const auto& each : addresses_) {
            sockets_.push_back(listening_socket::open(each, options.backlog, sharing));
            endpoints_.push_back(sockets_.back().where().text());
        }
        if (!admin_address_) return;
        admin_socket_.emplace(listening_socket::open(*admin_address_, options.backlog, port_sharing::alone));
        admin_endpoint_ = admin_socket_->where().text();
    }

    int run()
    {
        listen();
        watch_over(control_);
        const auto busy = boost::asio::make_work_guard(control_);
        for (unsigned i = 0; i != threads(); ++i) add_loop(nullptr, i);
        sockets_.clear();
        if (admin_socket_) start_admin();
        signals_.async_wait([this](const boost::system::error_code& error, int) {
            if (error) return;
            signals_.clear();  // the next one kills
            begin_drain();
        });
        for (auto& each : loops_) each->start([this] { boost::asio::post(control_, [this] { loop_ended(); }); });
        for (const auto& each : endpoints_) log_listening(each);
        control_.run();
        for (auto& each : loops_) each->join();
        if (admin_) {
            // Last, so that it can be watched how the others end.
            admin_->post([this] { admin_->stop_accepting(), admin_->worker().abandon(), admin_->run_out(); });
            admin_->join();
        }
        {
            std::lock_guard lock(control_mutex_);
            watching_ = nullptr;
        }
        control_.restart();
        control_.poll();  // what was posted meanwhile holds this object
        return exit_code();
    }

    void serve(boost::asio::io_context& io)
    {
        listen();
        signals_.clear();
        watch_over(io);
        add_loop(&io, 0);
        sockets_.clear();
    }

    void stop() noexcept
    {
        std::lock_guard lock(control_mutex_);
        stop_requested_ = true;
        if (watching_) boost::asio::post(*watching_, [self = shared_from_this()] {
            if (self->watching_) self->begin_drain();
        });
    }

    // The server object goes: nothing may call back any more.
    void close()
    {
        {
            std::lock_guard lock(control_mutex_);
            watching_ = nullptr;
        }
        signals_.clear();
        if (timer_loop_) timer_loop_->disarm(timer_);
        admin_.reset();
        loops_.clear();
        root_ = {};
    }

    std::vector<std::string> local_endpoints() const { return endpoints_; }
    const std::string&       admin_endpoint() const { return admin_endpoint_; }

private:
    struct wake_up final : deadline_entry {
        explicit wake_up(implementation& s) noexcept
            : deadline_entry([](deadline_entry& entry, deadline_event event) noexcept {
                  if (event == deadline_event::due) static_cast<wake_up&>(entry).owner.advance();
              }),
              owner(s)
        {
        }
        implementation& owner;
    };

    // From before anybody can know that we listen: a signal that comes before `run` is not lost, nor does it kill.
    void catch_signals()
    {
        if (!service_->options.handle_signals) return;
        signals_.add(SIGINT);
        signals_.add(SIGTERM);
    }

    unsigned threads() const noexcept
    {
        const auto chosen = service_->options.threads;
        return chosen != 0 ? chosen : std::max(1u, std::thread::hardware_concurrency());
    }

    void watch_over(boost::asio::io_context& io)
    {
        timer_loop_ = &loop::of(io);
        root_       = node_ptr<node>(new work_node(nullptr, nullptr, *timer_loop_, node::domain::own, "server", {}));
        std::lock_guard lock(control_mutex_);
        watching_ = &io;
        if (stop_requested_) boost::asio::post(io, [self = shared_from_this()] { self->begin_drain(); });
    }

    void add_loop(boost::asio::io_context* borrowed, unsigned index)
    {
        const auto& options = service_->options;
        const auto  count   = borrowed ? 1u : threads();
        const auto  total   = options.limits.connections != 0 ? options.limits.connections : connections_by_descriptor_limit();
        loops_.push_back(std::make_unique<server_loop>(service_, *root_, borrowed, [this] { on_less_left(); }));
        for (const auto& first : sockets_) {
            const auto& where = first.where();
            // The first loop takes the socket over: clients may have come already.
            auto socket = index == 0 || where.is_path()
                              ? first.duplicate()
                              : listening_socket::open(where, options.backlog, port_sharing::one_of_many);
            loops_.back()->listen(std::move(socket), std::max<std::size_t>(1, total / count));
        }
    }

    void start_admin()
    {
        router routes;
        if (!service_->options.admin_token.empty()) routes.use(require_token(service_->options.admin_token));
        add_health_routes(routes, ready_);
        add_debug_routes(routes, loops_);
        auto served = std::make_shared<service>(routes, server_options());
        admin_      = std::make_unique<server_loop>(std::move(served), *root_, nullptr, [] {});
        admin_->listen(std::move(*admin_socket_), max_admin_connections);
        admin_socket_.reset();
        admin_->start([] {});
        log_listening(admin_endpoint_ + " (admin)");
    }

    // ---- the end (on the watching loop)

    void begin_drain()
    {
        if (drain_->begun()) return;
        drain_->begin(timer_loop_->now());
        advance();
    }

    void advance()
    {
        if (finishing_) return stop_loops();  // the time for that is over
        for (;;) {
            switch (drain_->next(timer_loop_->now(), left())) {
            case drain_step::none:
                if (drain_->wake_at() != time_point::max()) timer_loop_->arm(timer_, drain_->wake_at());
                return;
            case drain_step::fail_readiness: ready_->store(false, std::memory_order_relaxed); break;
            case drain_step::stop_accepting:
                draining_.store(true, std::memory_order_release);
                on_each_loop([](server_loop& each) { each.stop_accepting(); });
                break;
            case drain_step::cancel_requests:
                root_->cancel(make_cause(cause_kind::shutdown, *root_, {}));
                on_each_loop([](server_loop& each) { each.worker().shut_down(); });
                break;
            case drain_step::give_up:
                on_each_loop([](server_loop& each) {
                    for (const auto& request : each.worker().snapshot()) log_abandoned(request);
                    each.worker().abandon();
                    each.stop();
                });
                gave_up_ = true;
                return finish();
            case drain_step::finish: return finish();
            }
        }
    }

    // What has not been done yet on some loop counts as something left.
    template <class F>
    void on_each_loop(F f)
    {
        for (std::size_t i = 0; i != loops_.size(); ++i) {
            pending_.fetch_add(1, std::memory_order_relaxed);
            loops_[i]->post([self = shared_from_this(), i, f] {
                if (i >= self->loops_.size()) return;  // a loop of one's own outlived the server
                f(*self->loops_[i]);
                self->pending_.fetch_sub(1, std::memory_order_release);
                self->on_less_left();
            });
        }
    }

    std::size_t left() const noexcept
    {
        std::size_t sum = pending_.load(std::memory_order_acquire);
        for (const auto& each : loops_) sum += each->left();
        return sum;
    }

    // From any of the loops.
    void on_less_left()
    {
        if (!draining_.load(std::memory_order_acquire)) return;
        std::lock_guard lock(control_mutex_);
        if (watching_) boost::asio::post(*watching_, [self = shared_from_this()] {
            if (self->watching_ && !self->finishing_) self->advance();
        });
    }

    void finish()
    {
        finishing_ = true;
        if (watching_ != &control_) return timer_loop_->disarm(timer_);
        on_each_loop([](server_loop& each) { each.run_out(); });
        timer_loop_->arm(timer_, timer_loop_->now() + service_->options.drain.abandon);
    }

    void stop_loops()
    {
        for (auto& each : loops_) each->stop();
    }

    void loop_ended()
    {
        if (++loops_ended_ == loops_.size()) control_.stop();
    }

    int exit_code()
    {
        worker_counts sum;
        for (auto& each : loops_) {
            const auto& counts = each->worker().counts();
            sum.requests += counts.requests;
            sum.answered += counts.answered;
            sum.left += counts.left;
        }
        return !gave_up_ && sum.requests == sum.answered + sum.left ? 0 : 1;
    }

    static constexpr std::size_t max_admin_connections = 64;

    std::vector<listen_address>          addresses_;
    std::optional<listen_address>        admin_address_;
    std::optional<listening_socket>      admin_socket_;
    std::string                          admin_endpoint_;
    std::unique_ptr<server_loop>         admin_;
    std::shared_ptr<std::atomic<bool>>   ready_;
    std::shared_ptr<const service>       service_;
    std::optional<drain>                 drain_;
    std::vector<listening_socket>        sockets_;
    std::vector<std::string>             endpoints_;
    boost::asio::io_context              control_{1};
    boost::asio::signal_set              signals_{control_};
    node_ptr<node>                       root_;
    std::vector<std::unique_ptr<server_loop>> loops_;
    loop*                                timer_loop_ = nullptr;
    wake_up                              timer_{*this};
    std::atomic<bool>                    draining_{false};
    std::atomic<std::size_t>             pending_{0};
    bool                                 gave_up_     = false;
    bool                                 finishing_   = false;
    std::size_t                          loops_ended_ = 0;
    std::mutex                           control_mutex_;
    boost::asio::io_context*             watching_       = nullptr;
    bool                                 stop_requested_ = false;
};

server::server(router routes, server_options options)
    : self_(std::make_shared<implementation>(std::move(routes), std::move(options)))
{
}

server::~server()
{
    self_->close();
}

void server::listen()
{
    self_->listen();
}

int server::run()
{
    return self_->run();
}

void server::serve(boost::asio::io_context& io)
{
    self_->serve(io);
}

void server::stop() noexcept
{
    self_->stop();
}

std::vector<std::string> server::local_endpoints() const
{
    return self_->local_endpoints();
}

std::string server::admin_endpoint() const
{
    return self_->admin_endpoint();
}

}  // namespace curfew
