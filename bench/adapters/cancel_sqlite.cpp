// How long a statement of SQLite goes on after its cancel.
#include "cancel_latency.hpp"

#include <curfew/adapters/sqlite.hpp>

#include <cstdio>
#include <filesystem>
#include <string>

#include <unistd.h>

int main(int argc, char** argv)
{
    const int   count = bench::tries(argc, argv);
    const auto  file  = std::filesystem::temp_directory_path() / ("curfew-bench-" + std::to_string(::getpid()) + ".db");
    {
        curfew::sqlite::options settings;
        settings.path = file.string();
        curfew::sqlite::database db(settings);

        bench::run([&](curfew::context root) -> curfew::task<> {
            co_await db.run_script(root, "create table numbers (x)");
            bench::print_head();

            auto computing = [&](curfew::context ctx) -> curfew::task<> {
                co_await db.execute(ctx, "with recursive n(x) as (select 1 union all select x + 1 from n) select max(x) from n");
            };
            co_await bench::measure(root, "a statement that computes", count, computing, bench::at_return);

            auto writing = [&](curfew::context ctx) -> curfew::task<> {
                co_await db.execute(ctx, "insert into numbers with recursive n(x) as (select 1 union all select x + 1 from n) "
                                         "select x from n");
            };
            co_await bench::measure(root, "a statement that writes, rolled back", count, writing, bench::at_return);

            auto holder  = co_await db.begin(root);
            auto waiting = [&](curfew::context ctx) -> curfew::task<> {
                co_await db.execute(ctx, "insert into numbers values (1)");
            };
            co_await bench::measure(root, "a statement that waits for a lock", count, waiting, bench::at_return);
        });
    }
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
}
