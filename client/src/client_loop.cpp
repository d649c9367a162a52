#include "client_loop.hpp"

#include "call_error.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/client_error.hpp>
#include <curfew/detail/wait_point.hpp>
#include <curfew/sleep.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

namespace curfew::detail {

namespace {

constexpr std::chrono::minutes budget_kept{10};  // it is full again by then, as a new one is

}  // namespace

// ---- a place

pool_place::pool_place(std::shared_ptr<client_loop> in, pool_entry& pool, stream_ptr stream, std::source_location where)
    : in_(std::move(in)),
      pool_(&pool),
      stream_(std::move(stream)),
      kept_(stream_ != nullptr),
      item_(in_->loop(), lease::kind_type::pool_item, "connection of a client", where)
{
}

pool_place::~pool_place()
{
    if (!in_) return;
    if (stream_ && !used_)
        give_back();
    else
        give_up();
}

void pool_place::close_stream(bool reset) noexcept
{
    if (!stream_) return;
    stream_->close(reset);
    stream_.reset();
}

void pool_place::replace_stream() noexcept
{
    stream_.reset();
    stream_ = pool_->second.take_idle(in_->loop().now());
    kept_   = stream_ != nullptr;
}

void pool_place::give_back() noexcept
{
    const auto in = std::exchange(in_, nullptr);
    item_.end();
    if (in->abandoned_) return;
    pool_->second.give_back(std::move(stream_), in->loop().now());
    in->settle(*pool_);
}

void pool_place::give_up() noexcept
{
    const auto in = std::exchange(in_, nullptr);
    item_.end();
    close_stream(used_);
    if (in->abandoned_) return;
    pool_->second.give_up();
    in->settle(*pool_);
}

// ---- the loop's share

/// Shared with the grant on its way, which may arrive after the coroutine has left.
class client_loop::queued_call final : public pool_waiter, public std::enable_shared_from_this<queued_call> {
public:
    explicit queued_call(detail::loop& on) noexcept : loop_(on), woken_(on.executor()) {}

    auto wait(const context& ctx) { return woken_.wait(bind_context(ctx, nothrow)); }
    void abandon() noexcept { woken_.abandon(); }

private:
    void on_granted() noexcept override
    {
        loop_.post([self = shared_from_this()] { self->woken_.wake(); });
    }

    detail::loop& loop_;
    wait_point    woken_;
};

client_loop::client_loop(detail::loop& on, std::shared_ptr<const client_options> options,
                         std::unique_ptr<client_connector> connector)
    : loop_(on), options_(std::move(options)), connector_(std::move(connector))
{
    loop_.retain();
}

client_loop::~client_loop()
{
    loop_.release();
}

task<pool_place> client_loop::acquire(const context& ctx, const origin& to, std::source_location where)
{
    auto& entry = pool_of(to);
    auto& pool  = entry.second;
    if (auto stream = pool.try_take(loop_.now()))
        co_return pool_place(shared_from_this(), entry, std::move(*stream), where);

    struct in_line {
        client_loop&                 in;
        pool_entry&                  entry;
        std::shared_ptr<queued_call> call;
        in_line(client_loop& i, pool_entry& e, std::shared_ptr<queued_call> c) : in(i), entry(e), call(std::move(c))
        {
            in.queued_.insert(call.get());
        }
        ~in_line()
        {
            if (in.abandoned_) return;
            in.queued_.erase(call.get());
            entry.second.withdraw(*call, in.loop_.now());
            in.settle(entry);
        }
    };
    const auto self   = shared_from_this();
    const auto waiter = std::make_shared<queued_call>(loop_);
    if (!pool.enqueue(*waiter)) throw client_error(client_errc::queue_full, call_phase::queue, to.text());
    const in_line guard(*this, entry, waiter);
    const auto    waited = co_await waiter->wait(ctx);
    if (!waiter->is_granted() || ctx.done()) throw_ended(ctx, std::get<0>(waited));
    co_return pool_place(self, entry, waiter->take(), where);
}

client_loop::pool_entry& client_loop::pool_of(const origin& to)
{
    return *pools_.try_emplace(to, options_->pool).first;
}

std::shared_ptr<retry_budget> client_loop::retries_to(const origin& to)
{
    constexpr std::size_t many = 64;

    const auto now = loop_.now();
    if (budgets_.size() > many) std::erase_if(budgets_, [&](const auto& each) { return each.second.used + budget_kept < now; });
    auto& known = budgets_[to];
    if (!known.budget) known.budget = std::make_shared<retry_budget>(options_->retries.budget);
    known.used = now;
    return known.budget;
}

// Forgets an origin that nobody calls any more, so that a client of many origins does not grow.
void client_loop::settle(pool_entry& pool) noexcept
{
    if (closed_) pool.second.close();
    if (pool.second.empty())
        pools_.erase(pools_.find(pool.first));
    else
        rearm(pool.second.next_expiry());
}

void client_loop::rearm(time_point when) noexcept
{
    if (when >= armed_for_) return;
    armed_for_ = when;
    loop_.arm(expiry_, when);
}

void client_loop::on_time(deadline_entry& entry, deadline_event event) noexcept
{
    auto& self      = static_cast<expiry_timer&>(entry).owner;
    self.armed_for_ = time_point::max();
    if (event != deadline_event::due) return;
    const auto now  = self.loop_.now();
    auto       next = time_point::max();
    for (auto& [to, pool] : self.pools_) {
        pool.expire(now);
        next = std::min(next, pool.next_expiry());
    }
    std::erase_if(self.pools_, [](const auto& each) { return each.second.empty(); });
    self.rearm(next);
}

void client_loop::close() noexcept
{
    closed_ = true;
    loop_.disarm(expiry_);
    for (auto& [to, pool] : pools_) pool.close();
    std::erase_if(pools_, [](const auto& each) { return each.second.empty(); });
}

void client_loop::abandon() noexcept
{
    abandoned_ = true;
    close();
    std::vector<std::shared_ptr<queued_call>> waiting;
    for (auto* const each : std::exchange(queued_, {})) waiting.push_back(each->shared_from_this());
    for (const auto& each : waiting) each->abandon();
    connector_->abandon();
}

}  // namespace curfew::detail
