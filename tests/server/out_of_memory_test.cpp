// What a connection does when there is no memory: an operator new of this program's own fails once, wherever it is asked.
//
// Not tried is a handler that suspends in an operation of its own: Asio begins that when the coroutine is suspended already, and
// what is thrown there cannot be delivered to it. It ends the process.
#include "logged_lines.hpp"
#include "served_connection.hpp"

#include <curfew/http_error.hpp>

#include <cstdlib>
#include <new>

// The thread sanitizer of clang brings an operator new that cannot be replaced.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CURFEW_OWN_OPERATOR_NEW 0
#endif
#endif
#ifndef CURFEW_OWN_OPERATOR_NEW
#define CURFEW_OWN_OPERATOR_NEW 1
#endif

#if CURFEW_OWN_OPERATOR_NEW

namespace {

thread_local long allocations_left = -1;  // until one fails; negative: none does

void* allocate(std::size_t size) noexcept
{
    if (allocations_left >= 0 && allocations_left-- == 0) return nullptr;
    return std::malloc(size == 0 ? 1 : size);
}

// Not inlined, so that the compiler does not take it for a mismatch of new and free.
[[gnu::noinline]] void release(void* memory) noexcept
{
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size)
{
    if (void* const memory = allocate(size)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void  operator delete(void* memory) noexcept { release(memory); }
void  operator delete(void* memory, std::size_t) noexcept { release(memory); }
void  operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::EndsWith;

namespace {

/// Fails the allocation that comes after `successes` others, if it comes while this lives.
class failing_allocation {
public:
    explicit failing_allocation(long successes) noexcept { allocations_left = successes; }
    ~failing_allocation() { allocations_left = -1; }

    bool happened() const noexcept { return allocations_left < 0; }
};

router all_kinds(const recorder& log)
{
    router routes;
    routes.use(log);
    routes.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
    routes.get("/large", [](context, request) { return text(status::ok, std::string(3'000, 'x')); });
    routes.get("/fails", [](context, request) -> response { throw http_error(status::conflict, "no"); });
    routes.post("/echo", [](context ctx, request req) -> task<response> { co_return text(status::ok, co_await req.read_all(ctx)); });
    return routes;
}

/// Serves what `bytes` ask for, on one connection of two, with one failing allocation after `successes` others.
/// False once it is too late for any to fail.
bool survives(const std::string& bytes, long successes)
{
    logged_lines logged;
    recorder     log;
    served       server(all_kinds(log));
    auto         other = server.connect(), client = server.connect();
    bool         happened;
    client.wire().client_sends(bytes);
    {
        const failing_allocation failing(successes);
        for (int turns = 0; turns != 100; ++turns) {
            try {
                server.loop.run_ready();
                if (turns == 0) server.clock.advance(10ms);
                break;
            } catch (const std::bad_alloc&) {
                // As a loop does: it goes on.
            }
        }
        happened = failing.happened();
    }
    server.loop.run_ready();

    other.get("/hello");
    EXPECT_THAT(other.receive(), EndsWith("hello\n")) << successes;
    client.reset();
    server.clock.advance(60s);
    EXPECT_EQ(server.worker().inflight(), 0u) << successes;
    EXPECT_EQ(server.worker().connections(), 0u) << successes;
    return happened;
}

struct out_of_memory : ::testing::TestWithParam<const char*> {};

std::string get(const std::string& target)
{
    return "GET " + target + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(requests, out_of_memory, ::testing::Values("hello", "large", "fails", "nowhere"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(out_of_memory, ends_one_connection_at_most)
{
    long successes = 0;
    while (survives(get(std::string("/") + GetParam()), successes)) ++successes;

    EXPECT_GT(successes, 5);
}

TEST(out_of_memory_with_a_body, ends_one_connection_at_most)
{
    const std::string bytes = "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 6000\r\n\r\n" + std::string(6'000, 'x');

    long successes = 0;
    while (survives(bytes, successes)) ++successes;

    EXPECT_GT(successes, 5);
}

#endif
