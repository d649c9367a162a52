// Tests that leave something behind, each with a twin that does not. Run by leak_fixture_test.cpp, which wants the former
// red and the latter green; no part of the test run by themselves.
#include <curfew/after_cancel.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/detail/lease.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/server.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/test_loop.hpp>
#include <curfew/testing/test_server.hpp>
#include <curfew/upgrade.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

namespace {

using namespace curfew;
using namespace std::chrono_literals;
using curfew::testing::manual_clock;
using curfew::testing::test_loop;
using curfew::testing::test_server;

/// Says which line is to be blamed: the one it is called on.
void blame_this_line(std::source_location where = std::source_location::current())
{
    std::cout << "planted at " << where.file_name() << ":" << where.line() << "\n";
}

/// Lends its items, and does not know where they are.
class pool {
public:
    explicit pool(detail::loop& on) : loop_(on) {}

    struct item {
        detail::lease lent;
    };
    std::unique_ptr<item> borrow(std::source_location where = std::source_location::current())
    {
        return std::unique_ptr<item>(
            new item{detail::lease(loop_, detail::lease::kind_type::pool_item, "database connection", where)});
    }

private:
    detail::loop& loop_;
};

router upgrade_into(std::optional<upgraded_stream>& kept)
{
    router routes;
    routes.get("/raw", [&kept](context ctx, request req) -> task<response> {
        kept.emplace(co_await upgrade(ctx, req, "raw"));
        co_return no_content();
    });
    return routes;
}

// What is kept is declared before the loop, and so is given back too late.

TEST(planted, context)
{
    std::optional<cancel_source> kept;
    manual_clock                 clock;
    test_loop                    loop(clock);

    blame_this_line(), kept.emplace(with_cancel(loop.background(), "kept"));
}

TEST(returned, context)
{
    manual_clock                 clock;
    test_loop                    loop(clock);
    std::optional<cancel_source> kept;

    kept.emplace(with_cancel(loop.background(), "kept"));
}

TEST(planted, timer)
{
    manual_clock clock;
    test_loop    loop(clock);

    blame_this_line(), loop.start(sleep_for(loop.background(), 1h));
}

TEST(returned, timer)
{
    manual_clock clock;
    test_loop    loop(clock);

    loop.start(sleep_for(loop.background(), 1h));
    clock.advance(1h);
}

TEST(planted, callback)
{
    std::optional<cancel_registration> kept;
    manual_clock                       clock;
    test_loop                          loop(clock);

    blame_this_line(), kept.emplace(after_cancel(loop.background(), [] {}));
}

TEST(returned, callback)
{
    manual_clock                       clock;
    test_loop                          loop(clock);
    std::optional<cancel_registration> kept;

    kept.emplace(after_cancel(loop.background(), [] {}));
}

TEST(planted, socket)
{
    std::optional<upgraded_stream> kept;
    test_server                    server(upgrade_into(kept));

    blame_this_line(); auto client = server.connect();
    client.write_request(method::get, "/raw", "Connection: upgrade\r\nUpgrade: raw\r\n");
}

TEST(returned, socket)
{
    std::optional<upgraded_stream> kept;
    test_server                    server(upgrade_into(kept));

    auto client = server.connect();
    client.write_request(method::get, "/raw", "Connection: upgrade\r\nUpgrade: raw\r\n");
    ASSERT_TRUE(kept);
    kept.reset();
}

/// Takes a connection over a real socket, and reads what the server has left of it.
class real_client {
public:
    explicit real_client(server& to)
    {
        const auto endpoint = to.local_endpoints().front();
        socket_.connect({boost::asio::ip::make_address("127.0.0.1"),
                         static_cast<unsigned short>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)))});
        const std::string asking = "GET /raw HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n";
        boost::asio::write(socket_, boost::asio::buffer(asking));
    }

private:
    boost::asio::io_context      io_;
    boost::asio::ip::tcp::socket socket_{io_};
};

void keep_a_tcp_connection(std::optional<upgraded_stream>& kept, bool give_back)
{
    manual_clock   clock;
    test_loop      loop(clock);
    server_options options;
    options.listen = {"127.0.0.1:0"};
    server serving(upgrade_into(kept), options);
    serving.serve(loop.io());
    real_client client(serving);
    for (const auto until = std::chrono::steady_clock::now() + 5s; !kept && std::chrono::steady_clock::now() < until;) loop.run_ready();
    ASSERT_TRUE(kept);
    if (give_back) kept.reset();
}

TEST(planted, tcp_socket)
{
    std::optional<upgraded_stream> kept;
    keep_a_tcp_connection(kept, false);
}

TEST(returned, tcp_socket)
{
    std::optional<upgraded_stream> kept;
    keep_a_tcp_connection(kept, true);
}

TEST(planted, pool_item)
{
    std::unique_ptr<pool::item> kept;
    manual_clock                clock;
    test_loop                   loop(clock);
    pool                        connections(loop.background().life().loop());

    blame_this_line(), kept = connections.borrow();
}

TEST(returned, pool_item)
{
    manual_clock                clock;
    test_loop                   loop(clock);
    pool                        connections(loop.background().life().loop());
    std::unique_ptr<pool::item> kept;

    kept = connections.borrow();
    auto moved = std::move(*kept);
}

}  // namespace
