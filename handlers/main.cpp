// curfew-demo: shows what a request's context does, one curl at a time.

#include "command_line.hpp"
#include "config_file.hpp"
#include "configuration.hpp"
#include "healthcheck.hpp"
#include "home.hpp"
#include "own_service.hpp"
#include "routes.hpp"
#include "usage_error.hpp"

#include <curfew/log.hpp>
#include <curfew/server.hpp>
#include <curfew/server_options.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace {

using namespace std::chrono_literals;

demo::configuration configure(const demo::command_line& line)
{
    const auto environment = demo::read_environment([](const char* name) { return std::getenv(name); });
    const auto variable    = std::getenv("CURFEW_CONFIG");
    const auto path        = line.config ? *line.config : std::string(variable ? variable : "");
    const auto file        = path.empty() ? demo::layer() : demo::read_config_file(path);
    return demo::merge({line.flags, environment, file});
}

curfew::server_options server_options(const demo::options& chosen)
{
    curfew::server_options options;
    options.listen      = chosen.listen;
    options.admin       = chosen.admin;
    options.admin_token = chosen.admin_token;
    options.threads     = chosen.threads;
    options.deadline    = chosen.request_timeout;
    options.drain.delay = chosen.drain_delay;
    options.drain.limit = chosen.drain_limit;
    return options;
}

// Empty if there is none.
std::string first_tcp_address(const curfew::server& server)
{
    const auto addresses = server.local_endpoints();
    const auto first     = std::ranges::find_if(addresses, [](const auto& each) { return !each.starts_with("unix:"); });
    return first == addresses.end() ? std::string() : *first;
}

void greet(const curfew::server& server)
{
    const auto addresses = server.local_endpoints();
    for (const auto& address : addresses)
        std::cout << "serving on " << (address.starts_with("unix:") ? "" : "http://") << address << '\n';
    if (const auto admin = server.admin_endpoint(); !admin.empty())
        std::cout << "admin on http://" << admin << '\n';

    if (const auto first = first_tcp_address(server); !first.empty())
        std::cout << '\n' << demo::curl_lines(first, 3);
    std::cout << std::endl;
}

int serve(const demo::options& chosen)
{
    curfew::log_options log;
    log.level  = chosen.log_level;
    log.format = chosen.log_format;
    curfew::configure_log(std::move(log));

    const auto     self = std::make_shared<demo::own_service>();
    curfew::server server(demo::make_routes(chosen, self), server_options(chosen));
    server.listen();
    if (const auto address = first_tcp_address(server); !address.empty())
        self->listens_on(address);
    greet(server);
    return server.run();
}

int run(const demo::command_line& line)
{
    if (line.wanted == demo::command::print_text) {
        std::cout << line.text;
        return 0;
    }
    const auto  configuration = configure(line);
    const auto& values        = configuration.values;
    if (line.wanted == demo::command::print_config) {
        std::cout << demo::to_toml(configuration);
        return 0;
    }
    if (line.wanted == demo::command::healthcheck) {
        demo::check_health(values.listen.front(), 3s);
        return 0;
    }
    return serve(values);
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        return run(demo::read_command_line(argc, argv));
    } catch (const demo::usage_error& error) {
        std::cerr << "curfew-demo: " << error.what() << '\n';
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "curfew-demo: " << error.what() << '\n';
        return 1;
    }
}
