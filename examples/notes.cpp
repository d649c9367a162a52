// curl -i -d 'milk' localhost:8080/notes; curl -i localhost:8080/notes/1; curl -m 0.5 localhost:8080/notes/1/summary
//
// The service of docs/tutorial.

#include <curfew/commit_point.hpp>
#include <curfew/context.hpp>
#include <curfew/http_error.hpp>
#include <curfew/json.hpp>
#include <curfew/middleware/access_log.hpp>
#include <curfew/middleware/timeout.hpp>
#include <curfew/middleware/tracing.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/router.hpp>
#include <curfew/server.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>
#include <curfew/when_all.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

std::vector<std::string> notes;  // one thread, so no lock

const std::string& find(const curfew::request& req)
{
    const auto id = req.path_param_as<std::size_t>("id");
    if (id == 0 || id > notes.size()) throw curfew::http_error(curfew::status::not_found, "there is no such note");
    return notes[id - 1];
}

curfew::response show(curfew::context, curfew::request req)
{
    return curfew::text(curfew::status::ok, find(req));
}

/// Stands for a slow service.
curfew::task<std::string> ask(curfew::context ctx, std::string what, std::chrono::milliseconds takes)
{
    co_await curfew::sleep_for(ctx, takes);
    co_return what;
}

curfew::task<curfew::response> summary(curfew::context ctx, curfew::request req)
{
    const std::string note = find(req);  // a copy: others may add notes while we wait

    const auto budget   = curfew::with_timeout(ctx, 2s, "summary");
    auto       title    = [&](curfew::context c) { return ask(c, "about " + note, 200ms); };
    auto       keywords = [&](curfew::context c) { return ask(c, note, 1s); };
    auto       results  = co_await curfew::when_all(budget, title, keywords);
    auto& [t, k]        = results;
    co_return curfew::json(curfew::status::ok, {{"title", t}, {"keywords", k}});
}

curfew::task<curfew::response> add(curfew::context ctx, curfew::request req)
{
    auto text = co_await req.read_all(ctx);

    const auto committed = co_await curfew::commit_point(ctx, 1s);
    co_await curfew::sleep_for(committed, 100ms);  // the write that must not be left half done
    notes.push_back(std::move(text));
    auto answer = curfew::text(curfew::status::created, "noted\n");
    answer.header("location", "/notes/" + std::to_string(notes.size()));
    co_return answer;
}

}  // namespace

int main(int argc, char** argv)
try {
    curfew::router routes;
    routes.use(curfew::tracing()).use(curfew::access_log()).use(curfew::timeout(5s));  // outermost first
    routes.get("/notes/{id}", show);
    routes.get("/notes/{id}/summary", summary);
    routes.post("/notes", add);

    curfew::server_options options;
    options.listen  = {argc > 1 ? argv[1] : "127.0.0.1:8080"};
    options.threads = 1;
    return curfew::server(std::move(routes), options).run();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
