// POST /orders, GET /orders/{id}
#pragma once

#include "order_store.hpp"

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/task.hpp>

namespace demo {

class orders {
public:
    /// Answers 201 with the order's `Location`, or 422 with every field that is wrong.
    curfew::task<curfew::response> create(curfew::context ctx, curfew::request req);

    curfew::response show(curfew::context ctx, curfew::request req) const;

private:
    order_store store_;
};

}  // namespace demo
