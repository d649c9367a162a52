// curl -d 'tea' localhost:8080/orders; curl -d 'milk' localhost:8080/orders; curl localhost:8080/orders; curl -m 0.5 localhost:8080/report
//
// Orders in SQLite. The report computes for ever: when its client gives up, so does SQLite.

#include <curfew/adapters/sqlite.hpp>
#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/router.hpp>
#include <curfew/server.hpp>
#include <curfew/task.hpp>

#include <cstdint>
#include <functional>
#include <iostream>
#include <string>
#include <utility>

namespace {

class order_desk {
public:
    explicit order_desk(curfew::sqlite::database& db) : db_(db) {}

    curfew::task<curfew::response> add(curfew::context ctx, curfew::request req)
    {
        const auto item = co_await req.read_all(ctx);
        auto       save = [&](curfew::sqlite::transaction& both) -> curfew::task<std::int64_t> {
            const auto added = co_await both.execute(ctx, "insert into orders (item) values (?)", item);
            co_await both.execute(ctx, "insert into history (entry) values (?)", "ordered " + item);
            co_return added.last_insert_id();
        };
        const auto id = co_await db_.transact(ctx, save);
        co_return curfew::text(curfew::status::created, "order " + std::to_string(id) + "\n");
    }

    curfew::task<curfew::response> list(curfew::context ctx, curfew::request req)
    {
        const auto  most = req.query_as<int>("limit", 10);
        const auto  rows = co_await db_.execute(ctx, "select id, item from orders order by id limit ?", most);
        std::string text;
        for (const auto& each : rows) text += std::to_string(each.get<int>("id")) + " " + each.get<std::string>("item") + "\n";
        co_return curfew::text(curfew::status::ok, text);
    }

    curfew::task<curfew::response> report(curfew::context ctx, curfew::request)
    {
        co_await db_.execute(ctx, "with recursive n(x) as (select 1 union all select x + 1 from n) select max(x) from n");
        co_return curfew::text(curfew::status::ok, "never\n");
    }

private:
    curfew::sqlite::database& db_;
};

curfew::sqlite::options in_memory()
{
    curfew::sqlite::options settings;
    settings.path    = ":memory:";  // a file, with connections for several requests at a time, in a real service
    settings.on_open = {"create table orders (id integer primary key, item text not null)",
                        "create table history (entry text not null)"};
    return settings;
}

}  // namespace

int main(int argc, char** argv)
try {
    curfew::sqlite::database db(in_memory());
    order_desk               desk(db);
    curfew::router           routes;
    routes.post("/orders", std::bind_front(&order_desk::add, &desk));
    routes.get("/orders", std::bind_front(&order_desk::list, &desk));
    routes.get("/report", std::bind_front(&order_desk::report, &desk));

    curfew::server_options options;
    options.listen = {argc > 1 ? argv[1] : "127.0.0.1:8080"};
    return curfew::server(std::move(routes), options).run();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
