// A database in a file of its own, on a loop whose clock the test turns, and SQL functions that tell the test what runs.
#pragma once

#include "run_until.hpp"

#include <curfew/adapters/sqlite.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/testing/proves.hpp>

#include <sqlite3.h>

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>

namespace curfew::testing {

/// What the SQL function `tick(x)`, known to every connection of this program, has counted. It gives back x.
inline std::atomic<long> ticks{0};
/// The thread on which `tick` was called last.
inline std::atomic<std::thread::id> ticking_thread{};

/// While it is true, the SQL function `hold()` waits.
inline std::atomic<bool> holding{false};

/// A statement that never ends, and counts its steps.
inline const std::string endless =
    "with recursive n(x) as (select 1 union all select tick(x + 1) from n) select max(x) from n";

inline void tick(sqlite3_context* call, int, sqlite3_value** arguments)
{
    ++ticks;
    ticking_thread = std::this_thread::get_id();
    sqlite3_result_value(call, arguments[0]);
}

inline void hold(sqlite3_context* call, int, sqlite3_value**)
{
    holding.wait(true);
    sqlite3_result_int(call, 1);
}

inline int add_functions(sqlite3* db, const char**, const sqlite3_api_routines*)
{
    sqlite3_create_function(db, "hold", 0, SQLITE_UTF8, nullptr, &hold, nullptr, nullptr);
    return sqlite3_create_function(db, "tick", 1, SQLITE_UTF8, nullptr, &tick, nullptr, nullptr);
}

/// To be called before the first connection is opened.
inline void register_functions()
{
    [[maybe_unused]] static const int added =
        sqlite3_auto_extension(reinterpret_cast<void (*)()>(&add_functions));  // the type its documentation asks for
}

/// A file name that no other test has; removes what it names.
class temporary_file {
public:
    temporary_file()
    {
        static std::atomic<int> count{0};
        path_ = ::testing::TempDir() + "curfew_" + std::to_string(::getpid()) + "_" + std::to_string(++count) + ".db";
        remove();
    }
    ~temporary_file() { remove(); }
    temporary_file(const temporary_file&)            = delete;
    temporary_file& operator=(const temporary_file&) = delete;

    const std::string& path() const noexcept { return path_; }

private:
    void remove() const
    {
        for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path_ + suffix);
    }
    std::string path_;
};

class sqlite_fixture : public ::testing::Test {
protected:
    sqlite_fixture()
    {
        register_functions();
        ticks = 0;
    }

    sqlite::options settings() const
    {
        sqlite::options made;
        made.path        = file.path();
        made.connections = 2;
        return made;
    }
    void open(sqlite::options made)
    {
        db = std::make_unique<sqlite::database>(std::move(made));
        run(db->run_script(root, "create table if not exists notes (id integer primary key, text text unique)"));
    }
    void open() { open(settings()); }

    /// Runs an awaitable to its end, and gives what it returned or throws what it threw.
    template <class T>
    T run(task<T> body)
    {
        auto one = loop.start(std::move(body));
        if (!run_until_finished(loop, one)) throw std::runtime_error("it does not end");
        if (one.exception()) std::rethrow_exception(one.exception());
        if constexpr (!std::is_void_v<T>) return std::move(one.value());
    }
    /// Starts an awaitable and waits until its endless statement runs.
    template <class T>
    started<T> start_endless(task<T> body)
    {
        const auto before = ticks.load();
        auto       one    = loop.start(std::move(body));
        run_until(loop, [&] { return ticks > before || one.finished(); });
        return one;
    }
    std::int64_t count(const std::string& what = "notes")
    {
        return run(db->execute(root, "select count(*) from " + what)).front().get<std::int64_t>(0);
    }
    /// All connections are back, nobody waits, and each of them reads and writes.
    void expect_pool_whole()
    {
        run_until(loop, [&] { return db->idle() == db->connections(); });
        EXPECT_EQ(db->waiting(), 0u);
        std::vector<sqlite::connection> all;
        for (std::size_t i = 0; i < db->connections(); ++i) all.push_back(run(db->acquire(root)));
        for (auto& each : all) {
            EXPECT_EQ(run(each.execute(root, "select 7")).front().get<int>(0), 7);
            EXPECT_EQ(run(each.execute(root, "insert into notes (text) values (null)")).changed(), 1);
        }
    }

    temporary_file                    file;
    manual_clock                      clock;
    test_loop                         loop{clock};
    context                           root = loop.background();
    std::unique_ptr<sqlite::database> db;
};

}  // namespace curfew::testing
