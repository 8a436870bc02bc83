//! Rolling limits of an account: what they count, how long, and when they act.
//!
//! Second 2800 of a scenario is a full hour, and 6400 a midnight (UTC).

use tests::table::check;

#[test]
fn deposits_are_limited_and_transfers_are_none() {
    check(
        "account  A1
         account  A2
         cap      A9 deposit day 10.00                       -> AccountUnknown
         deposit  A1 100.00
         // What came before the first limit does not count.
         cap      A1 deposit day 10.00                       -> done 100.00
         deposit  A1 10.01                                   -> DepositLimitReached 10.00
         deposit  A1 6.00                                    -> done 106.00
         deposit  A1 4.01                                    -> DepositLimitReached 4.00
         deposit  A1 4.00 ref 1                              -> done 110.00
         deposit  A1 4.00 ref 1                              -> done 110.00
         deposit  A1 0.01                                    -> DepositLimitReached 0.00
         deposit  A2 5.00
         transfer A2 A1 5.00                                 -> done 0.00
         withdraw A1 50.00                                   -> done 65.00
         deposit  A1 0.01                                    -> DepositLimitReached 0.00",
    );
}

#[test]
fn stakes_count_whatever_becomes_of_them() {
    check(
        "game     3d
         account  A1
         deposit  A1 100.00
         draw     D1 3d open until 9
         cap      A1 stake week 10.00
         bet      A1 D1 straight 123 6.00, D1 straight 124 4.01         -> StakeLimitOfAccount 10.00
         #t bet   A1 D1 straight 123 6.00                    -> accepted 94.00 room wide
         cancel   A1 #t
         bet      A1 D1 straight 123 4.01                    -> StakeLimitOfAccount 4.00
         bet      A1 D1 straight 123 2.00, D1 straight 124 2.00         -> accepted 96.00 room wide wide
         withdraw A1 96.00
         bet      A1 D1 straight 123 1.00                    -> StakeLimitOfAccount 0.00",
    );
}

#[test]
fn a_net_loss_shrinks_with_payouts_and_refunds() {
    check(
        "game     3d
         account  A1
         deposit  A1 2000.00
         draw     D1 3d open until 9
         draw     D2 3d open until 90
         cap      A1 loss month 10.00
         #t bet   A1 D1 straight 123 1.00
         #u bet   A1 D1 straight 999 9.00
         bet      A1 D1 straight 123 1.00                    -> LossLimitReached 0.00
         cancel   A1 #u
         bet      A1 D1 straight 123 9.01                    -> LossLimitReached 9.00
         at 9
         settle   D1 123
         tick
         // 1.00 lost and 450.00 won.
         bet      A1 D2 straight 123 459.01                  -> LossLimitReached 459.00
         bet      A1 D2 straight 123 459.00                  -> accepted 1990.00 room wide
         bet      A1 D2 straight 123 1.00                    -> LossLimitReached 0.00",
    );
}

#[test]
fn the_least_of_the_windows_counts_and_stakes_come_before_losses() {
    check(
        "game     3d
         account  A1
         deposit  A1 50.00
         draw     D1 3d open until 9
         cap      A1 stake day 30.00
         cap      A1 stake week 20.00
         cap      A1 stake month 25.00
         cap      A1 loss day 10.00
         bet      A1 D1 straight 123 60.00                   -> StakeLimitOfAccount 20.00
         bet      A1 D1 straight 123 20.00                   -> LossLimitReached 10.00
         bet      A1 D1 straight 123 10.00                   -> accepted 40.00 room wide
         cap      A1 loss day none
         bet      A1 D1 straight 123 1.00                    -> LossLimitReached 0.00",
    );
}

#[test]
fn a_day_is_the_hour_under_way_and_the_23_before() {
    check(
        "account  A1
         cap      A1 deposit day 10.00
         deposit  A1 4.00
         at 2799.999999999
         deposit  A1 3.00
         at 2800
         deposit  A1 3.00
         deposit  A1 0.01                                    -> DepositLimitReached 0.00
         // The hour that began at -800 leaves whole, 24 hours after it began.
         at 85599.999999999
         deposit  A1 0.01                                    -> DepositLimitReached 0.00
         at 85600
         deposit  A1 7.01                                    -> DepositLimitReached 7.00
         deposit  A1 6.99                                    -> done 16.99
         at 89199.999999999
         deposit  A1 0.02                                    -> DepositLimitReached 0.01
         at 89200
         deposit  A1 3.01                                    -> done 20.00
         deposit  A1 0.01                                    -> DepositLimitReached 0.00",
    );
}

#[test]
fn a_week_is_28_times_six_hours() {
    check(
        "account  A1
         cap      A1 deposit week 10.00
         deposit  A1 4.00
         // The six hours under way began at -15200.
         at 6399.999999999
         deposit  A1 2.00
         at 6400
         deposit  A1 4.00
         at 589599.999999999
         deposit  A1 0.01                                    -> DepositLimitReached 0.00
         at 589600
         deposit  A1 6.01                                    -> DepositLimitReached 6.00
         deposit  A1 6.00                                    -> done 16.00",
    );
}

#[test]
fn a_month_is_30_days() {
    check(
        "account  A1
         cap      A1 deposit month 10.00
         deposit  A1 4.00
         // The day under way began at -80000.
         at 6399.999999999
         deposit  A1 2.00
         at 6400
         deposit  A1 4.00
         at 2511999.999999999
         deposit  A1 0.01                                    -> DepositLimitReached 0.00
         at 2512000
         deposit  A1 6.01                                    -> DepositLimitReached 6.00
         deposit  A1 6.00                                    -> done 16.00
         at 99999999
         deposit  A1 10.00                                   -> done 26.00",
    );
}

#[test]
fn lowering_acts_at_once_and_raising_after_the_delay() {
    check(
        "ledger   raise 60
         account  A1
         cap      A1 deposit day 10.00
         deposit  A1 10.00
         cap      A1 deposit day 50.00
         deposit  A1 0.01                                    -> DepositLimitReached 0.00
         at 30
         cap      A1 deposit day 30.00
         at 89.999999999
         deposit  A1 0.01                                    -> DepositLimitReached 0.00
         at 90
         // The second raise has taken the first one's place.
         deposit  A1 20.01                                   -> DepositLimitReached 20.00
         deposit  A1 10.00                                   -> done 20.00
         cap      A1 deposit day none
         // What lowers takes the pending raise's place, too; so does the same again.
         cap      A1 deposit day 25.00
         at 200
         deposit  A1 5.01                                    -> DepositLimitReached 5.00
         cap      A1 deposit day none
         + cap    A1 deposit day 25.00
         at 300
         cap      A1 deposit day none
         deposit  A1 5.01                                    -> DepositLimitReached 5.00
         at 359.999999999
         deposit  A1 5.01                                    -> DepositLimitReached 5.00
         at 360
         deposit  A1 1000.00                                 -> done 1020.00",
    );
}

#[test]
fn the_delay_of_a_raise_is_a_day_unless_the_ledger_says_otherwise() {
    check(
        "account  A1
         cap      A1 deposit month 10.00
         cap      A1 deposit month 20.00
         at 86399.999999999
         deposit  A1 10.01                                   -> DepositLimitReached 10.00
         at 86400.000000002
         deposit  A1 10.01                                   -> DepositLimitReached 10.00
         at 86400.000000003
         deposit  A1 20.00                                   -> done 20.00",
    );
}

#[test]
fn a_bounded_number_of_accounts_has_rolling_limits() {
    check(
        "ledger   partitions 1 limited 1
         account  A1
         account  A2
         cap      A1 stake day none
         cap      A2 stake day 5.00                          -> CapacityReached 1
         cap      A1 loss week 5.00
         deposit  A1 3.00
         cap      A1 deposit day 5.00
         // A limit that is none began to count, too.
         deposit  A1 2.01                                    -> DepositLimitReached 2.00",
    );
}
