#include "order_store.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

demo::order lamps(std::uint32_t qty)
{
    return {"lamp", qty, {}};
}

TEST(order_store, finds_an_order_by_the_id_it_was_given)
{
    demo::order_store store;

    const auto first  = store.add(lamps(1));
    const auto second = store.add(lamps(2));

    EXPECT_EQ(first, 1u);
    EXPECT_EQ(store.find(first)->qty, 1u);
    EXPECT_EQ(store.find(second)->qty, 2u);
    EXPECT_FALSE(store.find(0));
    EXPECT_FALSE(store.find(3));
}

TEST(order_store, gives_up_the_oldest_order_when_it_is_full)
{
    demo::order_store store(2);

    store.add(lamps(1));
    store.add(lamps(2));
    const auto third = store.add(lamps(3));

    EXPECT_EQ(third, 3u);
    EXPECT_FALSE(store.find(1));
    EXPECT_EQ(store.find(2)->qty, 2u);
    EXPECT_EQ(store.find(3)->qty, 3u);
}

}  // namespace
