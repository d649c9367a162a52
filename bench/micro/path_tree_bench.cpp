// What routing costs: finding one of a service's patterns for the path of a request.
#include "path_pattern.hpp"
#include "path_tree.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

namespace {

using curfew::detail::path_match;
using curfew::detail::path_tree;

/// The routes of a service of some size: twenty resources, each with a list, an item, a part of it and its files.
path_tree service()
{
    path_tree     tree;
    path_tree::id number = 0;
    tree.insert(curfew::detail::parse_path_pattern("/"), number++);
    for (const std::string_view resource :
         {"accounts", "addresses", "bills", "carts", "customers", "devices", "events", "files", "groups", "images",
          "invoices", "jobs", "labels", "messages", "notes", "orders", "payments", "quotes", "reports", "users"}) {
        const auto base = "/api/v1/" + std::string(resource);
        for (const auto* rest : {"", "/archive", "/{id}", "/{id}/history", "/{id}/files/{path...}"})
            tree.insert(curfew::detail::parse_path_pattern(base + rest), number++);
    }
    return tree;
}

void find(benchmark::State& state, std::string_view path)
{
    const auto tree = service();
    path_match match;
    for (auto _ : state) {
        benchmark::DoNotOptimize(path);
        benchmark::DoNotOptimize(tree.find(path, match));
    }
}
BENCHMARK_CAPTURE(find, root, "/");
BENCHMARK_CAPTURE(find, literal, "/api/v1/orders");
BENCHMARK_CAPTURE(find, parameter, "/api/v1/orders/1042");
BENCHMARK_CAPTURE(find, behind_parameter, "/api/v1/orders/1042/history");
BENCHMARK_CAPTURE(find, rest, "/api/v1/orders/1042/files/2026/scan.pdf");
BENCHMARK_CAPTURE(find, encoded, "/api/v1/orders/caf%C3%A9");
BENCHMARK_CAPTURE(find, nothing, "/api/v2/orders");

}  // namespace

BENCHMARK_MAIN();
