// GET /chain/{n}?ms=0: calls itself n hops deep, and shows how the budget shrinks while the trace stays the same.
#pragma once

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/task.hpp>

#include <memory>

namespace demo {

class own_service;

class chain {
public:
    explicit chain(std::shared_ptr<own_service> self);

    /// Asks `/chain/{n-1}`, and puts a line about this hop before those of the others. The last one, 0, takes `ms`.
    curfew::task<curfew::response> answer(curfew::context ctx, curfew::request req);

private:
    std::shared_ptr<own_service> self_;
};

}  // namespace demo
