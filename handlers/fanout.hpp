// GET /fanout/{n}?ms=100&within=1000&fail=0: several calls at once under one deadline; the first failure cancels the rest.
#pragma once

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/task.hpp>

#include <memory>

namespace demo {

class own_service;

class fanout {
public:
    explicit fanout(std::shared_ptr<own_service> self);

    /// Makes n calls that take `ms` each, and all together at most `within`; the one of number `fail` fails.
    curfew::task<curfew::response> answer(curfew::context ctx, curfew::request req);

private:
    std::shared_ptr<own_service> self_;
};

}  // namespace demo
