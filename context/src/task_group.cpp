#include <curfew/task_group.hpp>

namespace curfew {

task<> task_group::wait()
{
    if (scope_.running()) co_await scope_.join();
}

}  // namespace curfew
