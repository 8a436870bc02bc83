//! Rules that meet: what comes back, by whatever way, and what is owed, limited or suspended meanwhile.

use tests::table::check;

#[test]
fn a_void_draw_lowers_the_net_loss_and_the_stakes_stay_counted() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9
         draw    D2 3d open until 90
         cap     A1 loss month 10.00
         cap     A1 stake month 15.00
         bet     A1 D1 straight 123 10.00
         bet     A1 D2 straight 123 1.00                     -> LossLimitReached 0.00
         void    D1
         + bet   A1 D2 straight 123 1.00                     -> LossLimitReached 0.00
         bet     A1 D2 straight 123 5.01                     -> StakeLimitOfAccount 5.00
         bet     A1 D2 straight 123 5.00                     -> accepted 95.00 room wide",
    );
}

#[test]
fn a_ticket_that_an_operator_takes_back_lowers_the_net_loss() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 final
         draw    D2 3d open until 90
         cap     A1 loss month 10.00
         #t bet  A1 D1 straight 123 4.00, D2 straight 123 6.00
         at 9
         bet     A1 D2 straight 123 1.00                     -> LossLimitReached 0.00
         annul   A1 #t                                       -> done 100.00
         + bet   A1 D2 straight 123 10.01                    -> LossLimitReached 10.00
         bet     A1 D2 straight 123 10.00                    -> accepted 90.00 room wide",
    );
}

#[test]
fn what_a_void_draw_gives_back_repays_what_is_owed() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         bet     A1 D1 straight 123 4.00, D1 straight 124 6.00
         claim   A1 7.00                                     -> done 0.00
         void    D1
         tick
         wallet  A1                                          -> 3.00
         audit                                               -> in 10.00 out 0.00 accounts 3.00 escrow 0.00 house 7.00",
    );
}

#[test]
fn what_an_operator_takes_back_repays_what_is_owed() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         #t bet  A1 D1 straight 123 4.00
         #u bet  A1 D1 straight 123 6.00
         claim   A1 7.00                                     -> done 0.00
         annul   A1 #t                                       -> done 0.00
         wallet  A1                                          -> 0.00 owed 3.00
         at 9
         annul   A1 #u                                       -> done 3.00
         wallet  A1                                          -> 3.00",
    );
}

#[test]
fn a_taxed_payout_counts_net() {
    check(
        "game    taxed 10^2 1.00..5000.00 tax 100.00 20% a=200
         account A1
         deposit A1 1000.00
         draw    D1 taxed open until 9
         draw    D2 taxed open until 90
         cap     A1 loss month 10.00
         bet     A1 D1 a 12 1.00
         at 9
         settle  D1 12
         tick
         // 1.00 lost, and of 200.00 a fifth is kept.
         balance A1                                          -> 1159.00
         bet     A1 D2 a 12 169.01                           -> LossLimitReached 169.00
         bet     A1 D2 a 12 169.00                           -> accepted 990.00 room wide",
    );
}

#[test]
fn a_ticket_of_a_suspended_account_can_be_taken_back() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9
         #t bet  A1 D1 straight 123 4.00
         #u bet  A1 D1 straight 123 1.00
         #v bet  A1 D2 straight 123 1.00
         suspend A1
         annul   A1 #t                                       -> done 8.00
         at 9
         annul   A1 #u                                       -> done 9.00
         void    D2
         tick
         wallet  A1                                          -> 10.00 suspended
         annul   A1 #v                                       -> DrawState void of bet 0",
    );
}
