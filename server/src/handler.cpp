#include <curfew/handler.hpp>

namespace curfew {

task<response> handler::as_task(context ctx, request req) const
{
    co_return plain_(function_.get(), std::move(ctx), req);
}

}  // namespace curfew
