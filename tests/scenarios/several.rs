//! Draws of several winning numbers: tiers, rounding, tax.

use tests::table::check;

#[test]
fn each_winning_number_is_settled_by_itself_and_the_prizes_add() {
    check(
        "game    sg 10^4 1.00..50.00 tiers 1,2,3,4x2 big=2000;1000;490;250 small=3000;2000;800 ibet.any=24:83;41;20;10
         account A1
         deposit A1 10.00
         draw    D1 sg open until 9
         #t bet  A1 D1 big 6904 1.00, D1 small 6904 1.00, D1 ibet 4096 1.00, D1 small 1111 1.00, D1 big 1111 1.00
         pays    D1 big 6904                                 -> 5083.00
         at 9
         settle  D1 6904                                     -> ResultCount 5
         settle  D1 6904 6904 1234 1111 10000                -> NumberOutside 9999
         settle  D1 6904 6904 1234 1111 4096
         drawn   D1                                          -> 6904 6904 1234 1111 4096
         // 2000 + 1000; 3000 + 2000; 83 + 41 + 10; small has no prize there; 250.
         ticket  A1 #t                                       -> won 3000.00, won 5000.00, won 134.00, lost, won 250.00
         tick
         seen    D1                                          -> settled bets 5 stake 5.00 escrow 0.00 paid 8384.00 to 4 of 4
         balance A1                                          -> 8389.00",
    );
}

#[test]
fn a_limit_on_payouts_is_one_on_top_prizes() {
    check(
        "game    g 10^2 1.00..50.00 tiers 1,2 both=10;50 low=-;50
         account A1
         deposit A1 100.00
         draw    D1 g open until 9 payout 100.00 worst 100.00
         bet     A1 D1 both 12 10.01                         -> PayoutLimitReached 10.00
         bet     A1 D1 both 12 10.00                         -> accepted 90.00 room 0.00
         // A play without a top prize presses on nothing: no limit on payouts, no block.
         block   D1 12
         #t bet  A1 D1 low 12 50.00                          -> accepted 40.00 room wide
         pays    D1 low 12                                   -> 100.00
         at 9
         settle  D1 11 12
         tick
         ticket  A1 #t                                       -> paid 2500.00
         balance A1                                          -> 3040.00",
    );
}

#[test]
fn the_whole_draw_has_limits_of_its_own() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 total 20.00 worst 4500.00
         bet     A1 D1 straight 123 10.01                    -> DrawPayoutLimitReached 10.00
         bet     A1 D1 straight 123 20.01                    -> DrawStakeLimitReached 10.00
         limit   D1 payout 123 900.00
         bet     A1 D1 straight 123 20.01                    -> PayoutLimitReached 2.00
         // An override does not lift the draw's.
         limit   D1 payout 123 none
         bet     A1 D1 straight 123 10.00                    -> accepted 90.00 room 0.00
         bet     A1 D1 straight 124 4.00, D1 straight 125 6.01  -> DrawStakeLimitReached 6.00 of bet 1
         bet     A1 D1 straight 124 4.00, D1 straight 125 6.00  -> accepted 80.00 room 0.00 0.00
         limit   D1 total * 21.00
         limit   D1 worst * 4499.99
         bet     A1 D1 straight 123 1.00                     -> DrawPayoutLimitReached 0.00
         bet     A1 D1 straight 126 1.00                     -> accepted 79.00 room 0.00
         limit   D1 total * none
         limit   D1 worst * none
         room    D1 straight 127                             -> wide taken 0.00 pays 0.00",
    );
}

#[test]
fn prizes_are_rounded_one_by_one_and_the_rest_has_an_account() {
    check(
        "game    up 10^2 1.00..50.00 tiers 1,2 round up 1.00 a=703/2;10/3
         game    down 10^2 1.00..50.00 tiers 1,2 round down 1.00 a=703/2;10/3
         game    half 10^2 1.00..50.00 tiers 1,2 round half-up 1.00 a=703/2;10/3
         account A1
         deposit A1 3.00
         draw    D1 up open until 9
         draw    D2 down open until 9
         draw    D3 half open until 9
         #t bet  A1 D1 a 12 1.00, D2 a 12 1.00, D3 a 12 1.00
         pays    D1 a 12                                     -> 352.00
         pays    D2 a 12                                     -> 351.00
         at 9
         settle  D1 12 12
         audit                                               -> in 3.00 out 0.00 accounts 0.00 escrow 358.00 house -355.00
         // 351.50 and 3.33: 352 and 4 are 1.17 more.
         tick
         audit                                               -> in 3.00 out 0.00 accounts 356.00 escrow 2.00 house -353.83 rounding -1.17
         settle  D2 12 12
         settle  D3 12 12
         tick
         ticket  A1 #t                                       -> paid 356.00, paid 354.00, paid 355.00
         audit                                               -> in 3.00 out 0.00 accounts 1065.00 escrow 0.00 house -1061.49 rounding -0.51",
    );
}

#[test]
fn room_is_exact_where_prizes_are_rounded_up() {
    check(
        "game    up 10^2 0.01..50.00 round up 1.00 a=100
         account A1
         deposit A1 100.00
         draw    D1 up open until 9 payout 10.50
         room    D1 a 12                                     -> 0.10 taken 0.00 pays 0.00
         bet     A1 D1 a 12 0.11                             -> PayoutLimitReached 0.10
         bet     A1 D1 a 12 0.10                             -> accepted 99.90 room 0.00
         game    half 10^2 0.01..50.00 round half-up 1.00 a=1/3
         draw    D2 half open until 9 payout 2.99
         // 7.48 / 3 is 2.4933, which is 2; so is 7.49 / 3; 7.50 / 3 is 2.50, and is 3.
         room    D2 a 12                                     -> 7.49 taken 0.00 pays 0.00
         bet     A1 D2 a 12 7.50                             -> PayoutLimitReached 7.49",
    );
}

#[test]
fn the_whole_prize_of_a_bet_is_taxed_once_it_is_above_a_threshold() {
    check(
        "game    taxed 10^2 1.00..50.00 tiers 1,2 tax 100.00 20% a=60;40 b=100 c=10001/100
         account A1
         deposit A1 4.00
         draw    D1 taxed open until 9
         #t bet  A1 D1 a 12 1.00, D1 b 12 1.00, D1 c 12 1.00, D1 a 34 1.00
         at 9
         settle  D1 12 34
         // 60 is below; 100 is not above; of 100.01 a fifth is 20.002; 40 is below.
         tick
         ticket  A1 #t                                       -> paid 60.00, paid 100.00, paid 100.01, paid 40.00
         balance A1                                          -> 280.01
         audit                                               -> in 4.00 out 0.00 accounts 280.01 escrow 0.00 house -296.01 tax 20.00",
    );
}

#[test]
fn the_prizes_of_several_winning_numbers_are_taxed_together() {
    check(
        "game    taxed 10^2 1.00..50.00 tiers 1,2 tax 99.99 20% a=60;40
         account A1
         deposit A1 1.00
         draw    D1 taxed open until 9
         #t bet  A1 D1 a 12 1.00
         at 9
         settle  D1 12 12
         tick
         ticket  A1 #t                                       -> paid 100.00
         balance A1                                          -> 80.00
         seen    D1                                          -> settled bets 1 stake 1.00 escrow 0.00 paid 100.00 to 1 of 1
         audit                                               -> in 1.00 out 0.00 accounts 80.00 escrow 0.00 house -99.00 tax 20.00",
    );
}

#[test]
fn a_bet_that_wins_twice_is_paid_in_one_turn() {
    check(
        "ledger  payouts 1
         game    g 10^2 1.00..50.00 tiers 1,2 a=10;5 b.any=2:4;2
         account A1
         deposit A1 3.00
         draw    D1 g open until 9
         #t bet  A1 D1 a 12 1.00, D1 b 21 1.00, D1 a 21 1.00
         at 9
         settle  D1 12 21
         tick
         ticket  A1 #t                                       -> paid 10.00, won 6.00, won 5.00
         tick
         ticket  A1 #t                                       -> paid 10.00, paid 6.00, won 5.00
         tick
         ticket  A1 #t                                       -> paid 10.00, paid 6.00, paid 5.00",
    );
}
