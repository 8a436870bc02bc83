//! Results, payouts over ticks, the house.

use tests::table::check;

#[test]
fn a_draw_is_settled_and_its_winners_are_paid_from_the_next_tick_on() {
    check(
        "game    3d
         account A1
         account A2
         deposit A1 100.00
         deposit A2 100.00
         draw    D1 3d open until 9
         #s bet  A1 D1 straight 123 1.00
         #r bet  A2 D1 rambolito 321 2.00
         #l bet  A2 D1 straight 321 10.00
         settle  D1 123                                      -> DrawState open
         at 9
         settle  D1 1000                                     -> NumberOutside 999
         settle  D1 123
         seen    D1                                          -> settling bets 3 stake 13.00 escrow 600.00 paid 0.00 to 0 of 2
         audit                                               -> in 200.00 out 0.00 accounts 187.00 escrow 600.00 house -587.00
         ticket  A1 #s                                       -> won 450.00
         ticket  A2 #l                                       -> lost
         settle  D1 321                                      -> DrawState settled
         seen    D1                                          -> settled bets 3 stake 13.00 escrow 0.00 paid 600.00 to 2 of 2
         ticket  A2 #r                                       -> paid 150.00
         balance A1                                          -> 549.00
         balance A2                                          -> 238.00
         audit                                               -> in 200.00 out 0.00 accounts 787.00 escrow 0.00 house -587.00",
    );
}

#[test]
fn payouts_are_spread_over_ticks_in_the_order_of_the_bets() {
    check(
        "ledger  payouts 2
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         #a bet  A1 D1 rambolito 123 1.00
         #b bet  A1 D1 straight 321 1.00, D1 straight 123 1.00, D1 rambolito 213 1.00
         #c bet  A1 D1 straight 123 1.00
         at 9
         settle  D1 123
         balance A1                                          -> 5.00
         tick
         balance A1                                          -> 530.00
         ticket  A1 #a                                       -> paid 75.00
         ticket  A1 #b                                       -> lost, paid 450.00, won 75.00
         ticket  A1 #c                                       -> won 450.00
         seen    D1                                          -> settling bets 5 stake 5.00 escrow 525.00 paid 525.00 to 2 of 4
         tick
         seen    D1                                          -> settled bets 5 stake 5.00 escrow 0.00 paid 1050.00 to 4 of 4
         balance A1                                          -> 1055.00",
    );
}

#[test]
fn two_draws_are_paid_side_by_side_while_bets_go_on() {
    check(
        "ledger  payouts 1
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9
         draw    D3 3d open until 20
         bet     A1 D1 straight 123 1.00, D2 straight 123 1.00, D1 rambolito 123 1.00, D2 rambolito 123 1.00
         at 9
         settle  D1 123
         + settle D2 321
         bet     A1 D3 straight 123 6.00                     -> accepted 525.00 room wide
         seen    D1                                          -> settling bets 2 stake 2.00 escrow 75.00 paid 450.00 to 1 of 2
         seen    D2                                          -> settled bets 2 stake 2.00 escrow 0.00 paid 75.00 to 1 of 1
         bet     A1 D3 straight 123 600.00                   -> accepted 0.00 room wide
         seen    D1                                          -> settled bets 2 stake 2.00 escrow 0.00 paid 525.00 to 2 of 2",
    );
}

#[test]
fn a_draw_without_winners_is_settled_at_once_and_the_house_keeps_it() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         #t bet  A1 D1 straight 123 4.00, D1 rambolito 112 6.00
         at 9
         settle  D1 777
         seen    D1                                          -> settled bets 2 stake 10.00 escrow 0.00 paid 0.00 to 0 of 0
         ticket  A1 #t                                       -> lost, lost
         audit                                               -> in 10.00 out 0.00 accounts 0.00 escrow 0.00 house 10.00",
    );
}

#[test]
fn a_cancelled_bet_does_not_win() {
    check(
        "ledger  payouts 1
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         #a bet  A1 D1 straight 123 1.00
         #b bet  A1 D1 straight 123 2.00
         cancel  A1 #a
         at 9
         settle  D1 123
         seen    D1                                          -> settling bets 1 stake 2.00 escrow 900.00 paid 0.00 to 0 of 1
         // It uses up its turn: the work of a tick is bounded, whatever was cancelled.
         tick
         balance A1                                          -> 8.00
         tick
         balance A1                                          -> 908.00
         ticket  A1 #a                                       -> cancelled
         ticket  A1 #b                                       -> paid 900.00",
    );
}

#[test]
fn a_payout_is_floored_to_the_minor_unit() {
    check(
        "game    third 10^2 0.01..10.00 straight=335/2 box=2:1/3
         account A1
         deposit A1 1.00
         draw    D1 third open until 9
         #t bet  A1 D1 straight 12 0.01, D1 box 21 0.02, D1 box 12 0.03
         at 9
         settle  D1 12
         tick
         // 1.675, 0.0066..., 0.01. A bet that the result meets has won, also when that is nothing.
         ticket  A1 #t                                       -> paid 1.67, paid 0.00, paid 0.01
         balance A1                                          -> 2.62",
    );
}

#[test]
fn a_payout_can_be_staked_in_the_tick_that_pays_it() {
    check(
        "game    3d
         account A1
         deposit A1 1.00
         draw    D1 3d open until 9
         draw    D2 3d open until 20
         bet     A1 D1 straight 123 1.00
         at 9
         settle  D1 123
         + bet   A1 D2 straight 123 1.00                     -> FundsShort 0.00
         bet     A1 D2 straight 123 450.00                   -> accepted 0.00 room wide",
    );
}

#[test]
fn a_cancelled_bet_has_its_turn_also_where_nobody_else_won() {
    check(
        "ledger  payouts 1
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         #a bet  A1 D1 rambolito 321 1.00
         #b bet  A1 D1 straight 123 1.00
         cancel  A1 #a
         at 9
         settle  D1 123
         tick
         ticket  A1 #b                                       -> won 450.00
         tick
         ticket  A1 #b                                       -> paid 450.00",
    );
}

#[test]
fn the_room_of_a_settled_draw_goes_by_what_was_staked() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9 total 20.00
         bet     A1 D1 straight 123 8.00
         at 9
         settle  D1 124
         room    D1 straight 125                             -> 12.00 taken 0.00 pays 0.00",
    );
}
