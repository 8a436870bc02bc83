//! Transfers, named movements, what is owed, credit, and what an account may do.

use tests::table::check;

#[test]
fn a_transfer_moves_money_between_accounts_of_one_currency() {
    check(
        "transfer A1 A2 1.00                                 -> AccountUnknown
         account  A1
         transfer A1 A2 1.00                                 -> ReceiverUnknown
         account  A2
         account  A3 840
         deposit  A1 10.00
         transfer A1 A1 1.00                                 -> TransferSelf
         transfer A1 A3 1.00                                 -> CurrencyMismatch 840
         transfer A1 A3 10.01                                -> CurrencyMismatch 840
         transfer A1 A2 10.01                                -> FundsShort 10.00
         transfer A1 A2 4.00                                 -> done 6.00
         balance  A2                                         -> 4.00
         audit                                               -> in 10.00 out 0.00 accounts 10.00 escrow 0.00 house 0.00",
    );
}

#[test]
fn money_goes_through_several_hands_within_one_tick() {
    check(
        "account  A1
         account  A2
         account  A3
         deposit  A1 10.00
         transfer A2 A3 10.00                                -> FundsShort 0.00
         + transfer A1 A2 10.00                              -> done 0.00
         + #t transfer A2 A3 10.00                           -> done 0.00
         + #t transfer A2 A3 10.00                           -> again done 0.00
         + transfer A3 A1 9.99                               -> done 0.01
         + transfer A3 A1 0.02                               -> FundsShort 0.01
         + transfer A1 A2 9.99                               -> done 0.00
         wallet   A1                                         -> 0.00
         wallet   A2                                         -> 9.99
         wallet   A3                                         -> 0.01",
    );
}

#[test]
fn a_transfer_does_not_lift_a_balance_above_the_highest() {
    let deposits = "deposit A1 10000000000.00\n".repeat(999);
    check(&format!(
        "account  A1
         account  A2
         {deposits}
         deposit  A1 9999999999.00
         deposit  A2 10.00
         transfer A2 A1 1.01                                 -> BalanceTooLarge 1.00
         transfer A2 A1 10.01                                -> FundsShort 10.00
         transfer A2 A1 1.00                                 -> done 9.00
         transfer A2 A1 0.01                                 -> BalanceTooLarge 0.00
         // What is set aside is still in the account.
         hold     A1 5.00 until 9                            -> done 9999999999995.00
         transfer A2 A1 0.01                                 -> BalanceTooLarge 0.00
         deposit  A1 0.01                                    -> BalanceTooLarge 0.00"
    ));
}

#[test]
fn credit_lets_an_account_go_below_zero_and_no_further() {
    check(
        "game     3d
         account  A1
         account  A2
         draw     D1 3d open until 9
         credit   A2 5.00                                    -> done 0.00
         credit   A9 5.00                                    -> AccountUnknown
         bet      A1 D1 straight 123 1.00                    -> FundsShort 0.00
         bet      A2 D1 straight 123 5.01                    -> FundsShort 5.00
         bet      A2 D1 straight 123 3.00                    -> accepted -3.00 room wide
         withdraw A2 2.01                                    -> FundsShort 2.00
         withdraw A2 0.50                                    -> done -3.50
         hold     A2 1.51 until 9                            -> FundsShort 1.50
         hold     A2 0.50 until 9                            -> done -4.00
         transfer A2 A1 1.01                                 -> FundsShort 1.00
         transfer A2 A1 1.00                                 -> done -5.00
         withdraw A2 0.01                                    -> FundsShort 0.00
         // A lower limit stops further debits and takes nothing back.
         credit   A2 1.00                                    -> done -5.00
         withdraw A2 0.01                                    -> FundsShort 0.00
         wallet   A2                                         -> -5.00 held 0.50 credit 1.00 in 1
         deposit  A2 4.50                                    -> done -0.50
         withdraw A2 0.50                                    -> done -1.00
         audit                                               -> in 4.50 out 1.00 accounts 0.50 escrow 3.00 house 0.00",
    );
}

#[test]
fn a_claim_takes_what_there_is_and_the_rest_is_owed() {
    check(
        "account  A1
         account  A2
         claim    A1 5.00                                    -> done 0.00
         wallet   A1                                         -> 0.00 owed 5.00
         audit                                               -> in 0.00 out 0.00 accounts 0.00 owed 5.00 escrow 0.00 house 5.00
         // What comes in repays it first.
         deposit  A1 2.00                                    -> done 0.00
         wallet   A1                                         -> 0.00 owed 3.00
         deposit  A2 10.00
         transfer A2 A1 4.00                                 -> done 6.00
         wallet   A1                                         -> 1.00
         claim    A1 0.40                                    -> done 0.60
         claim    A1 1.00                                    -> done 0.00
         wallet   A1                                         -> 0.00 owed 0.40
         forgive  A1 0.41                                    -> OwedLess 0.40
         forgive  A1 0.30                                    -> done 0.00
         wallet   A1                                         -> 0.00 owed 0.10
         forgive  A1 0.10
         forgive  A1 0.01                                    -> OwedLess 0.00
         forgive  A3 0.01                                    -> AccountUnknown
         claim    A3 0.01                                    -> AccountUnknown
         audit                                               -> in 12.00 out 0.00 accounts 6.00 escrow 0.00 house 6.00",
    );
}

#[test]
fn a_claim_takes_no_credit_and_nothing_that_is_set_aside() {
    check(
        "account  A1
         deposit  A1 5.00
         credit   A1 10.00
         #h hold  A1 7.00 until 9                            -> done -2.00
         claim    A1 1.00                                    -> done -2.00
         wallet   A1                                         -> -2.00 held 7.00 owed 1.00 credit 10.00 in 1
         // What is released comes from the account itself, and repays nothing.
         void     A1 #h                                      -> done 5.00
         wallet   A1                                         -> 5.00 owed 1.00 credit 10.00
         withdraw A1 15.00                                   -> done -10.00
         deposit  A1 1.50                                    -> done -9.50
         wallet   A1                                         -> -9.50 credit 10.00",
    );
}

#[test]
fn payouts_and_refunds_repay_what_is_owed() {
    check(
        "game     3d
         account  A1
         deposit  A1 3.00
         draw     D1 3d open until 9
         #t bet   A1 D1 straight 123 1.00
         bet      A1 D1 straight 123 2.00
         claim    A1 500.00                                  -> done 0.00
         cancel   A1 #t                                      -> done 0.00
         wallet   A1                                         -> 0.00 owed 499.00
         at 9
         settle   D1 123
         tick
         wallet   A1                                         -> 401.00
         audit                                               -> in 3.00 out 0.00 accounts 401.00 escrow 0.00 house -398.00",
    );
}

#[test]
fn a_reference_names_one_movement_of_its_account() {
    check(
        "account  A1
         account  A2
         deposit  A1 10.00 ref 7                             -> done 10.00
         deposit  A1 10.00 ref 7                             -> done 10.00
         deposit  A1 10.00 ref 7 dated -5                    -> done 10.00
         deposit  A1 10.01 ref 7                             -> ReferenceReused
         withdraw A1 10.00 ref 7                             -> ReferenceReused
         withdraw A1 10.01 ref 8                             -> FundsShort 10.00
         // What was refused has named nothing.
         withdraw A1 4.00 ref 8                              -> done 6.00
         withdraw A1 4.00 ref 8                              -> done 6.00
         deposit  A1 4.00 ref 8                              -> ReferenceReused
         deposit  A2 1.00 ref 7                              -> done 1.00
         // Without a reference it is another movement each time.
         deposit  A2 1.00                                    -> done 2.00
         deposit  A2 1.00                                    -> done 3.00
         // Within one tick, and by the command's own id.
         #d deposit A2 1.00 ref 9                            -> done 4.00
         + #d deposit A2 1.00 ref 9                          -> again done 4.00
         + deposit A2 1.00 ref 9                             -> done 4.00
         + deposit A2 2.00 ref 9                             -> ReferenceReused
         audit                                               -> in 14.00 out 4.00 accounts 10.00 escrow 0.00 house 0.00",
    );
}

#[test]
fn a_repeated_movement_is_there_whatever_would_keep_a_new_one_away() {
    check(
        "ledger   partitions 1 references 1
         account  A1
         deposit  A1 10.00 ref 1                             -> done 10.00
         withdraw A1 10.00 ref 2                             -> ReferencesFull 1
         cap      A1 deposit day 0.00
         deposit  A1 10.00 ref 1                             -> done 10.00
         deposit  A1 10.00 ref 2                             -> ReferencesFull 1
         deposit  A1 10.00                                   -> DepositLimitReached 0.00
         // But not past what the account may do at all.
         exclude  A1 until 9
         deposit  A1 10.00 ref 1                             -> AccountExcluded 9
         at 9
         deposit  A1 10.00 ref 1                             -> done 10.00",
    );
}

#[test]
fn a_reference_is_known_for_ninety_days_from_its_date() {
    check(
        "account  A1
         at 100
         deposit  A1 1.00 ref 1 dated -7775900               -> done 1.00
         deposit  A1 1.00 ref 2 dated -7775900.001           -> ReferenceExpired -7775899.999
         deposit  A1 1.00 ref 2 dated 110.001                -> ReferenceAhead 110
         deposit  A1 1.00 ref 2 dated 110                    -> done 2.00
         at 200
         // Past its time the number names nothing any more, and an old date is of no use.
         deposit  A1 5.00 ref 1 dated -7775900               -> ReferenceExpired -7775800
         withdraw A1 1.00 ref 1 dated 200                    -> done 1.00
         at 7776110
         deposit  A1 1.00 ref 2                              -> done 1.00
         + withdraw A1 1.00 ref 2                            -> ReferenceReused
         at 7776110.000000001
         withdraw A1 1.00 ref 2                              -> done 0.00",
    );
}

#[test]
fn what_is_suspended_pays_nothing_and_still_receives() {
    check(
        "game     3d
         account  A1
         account  A2
         deposit  A1 20.00
         draw     D1 3d open until 9
         #t bet   A1 D1 straight 123 1.00
         #u bet   A1 D1 straight 123 1.00
         #h hold  A1 5.00 until 9
         suspend  A1                                         -> done 13.00
         bet      A1 D1 straight 123 1.00                    -> AccountSuspended
         bet      A1 D7 straight 123 100.00                  -> AccountSuspended
         withdraw A1 1.00                                    -> AccountSuspended
         transfer A1 A2 1.00                                 -> AccountSuspended
         transfer A1 A9 1.00                                 -> ReceiverUnknown
         hold     A1 1.00 until 0                            -> AccountSuspended
         deposit  A1 1.00                                    -> done 14.00
         post     A1 #h 2.00                                 -> done 17.00
         cancel   A1 #t                                      -> done 18.00
         deposit  A2 1.00
         transfer A2 A1 1.00                                 -> done 0.00
         at 9
         settle   D1 123
         tick
         wallet   A1                                         -> 469.00 suspended
         activate A1                                         -> done 469.00
         activate A1                                         -> done 469.00
         withdraw A1 469.00                                  -> done 0.00
         suspend  A9                                         -> AccountUnknown",
    );
}

#[test]
fn only_an_empty_account_is_closed_and_that_is_final() {
    check(
        "account  A1
         account  A2
         deposit  A1 5.00
         deposit  A2 9.00
         close    A1                                         -> AccountNotEmpty 5.00
         #h hold  A1 5.00 until 9
         close    A1                                         -> AccountNotEmpty 0.00
         post     A1 #h all                                  -> done 0.00
         claim    A1 1.00
         close    A1                                         -> AccountNotEmpty 0.00
         forgive  A1 1.00
         credit   A1 1.00
         withdraw A1 1.00                                    -> done -1.00
         close    A1                                         -> AccountNotEmpty -1.00
         deposit  A1 1.00
         close    A1                                         -> done 0.00
         wallet   A1                                         -> 0.00 credit 1.00 closed
         close    A1                                         -> AccountClosed
         activate A1                                         -> AccountClosed
         deposit  A1 1.00                                    -> AccountClosed
         withdraw A1 1.00                                    -> AccountClosed
         hold     A1 1.00 until 9                            -> AccountClosed
         transfer A1 A2 1.00                                 -> AccountClosed
         transfer A1 A1 1.00                                 -> AccountClosed
         transfer A2 A1 1.00                                 -> ReceiverClosed
         transfer A2 A1 99.00                                -> ReceiverClosed
         bet      A1 D1 straight 123 1.00                    -> AccountClosed
         credit   A1 0.00                                    -> AccountClosed
         exclude  A1 until 9                                 -> AccountClosed
         cap      A1 stake day 1.00                          -> AccountClosed
         claim    A1 1.00                                    -> AccountClosed
         forgive  A1 1.00                                    -> OwedLess 0.00
         post     A1 #h all                                  -> HoldFinished
         account  A1                                         -> AccountExists",
    );
}

#[test]
fn payouts_and_refunds_reach_a_closed_account() {
    check(
        "game     3d
         account  A1
         deposit  A1 2.00
         draw     D1 3d open until 9
         #t bet   A1 D1 straight 123 1.00
         bet      A1 D1 straight 123 1.00
         close    A1                                         -> done 0.00
         cancel   A1 #t                                      -> done 1.00
         at 9
         settle   D1 123
         tick
         wallet   A1                                         -> 451.00 closed
         withdraw A1 1.00                                    -> AccountClosed",
    );
}

#[test]
fn an_exclusion_keeps_bets_and_deposits_away_until_it_ends() {
    check(
        "game     3d
         account  A1
         account  A2
         deposit  A1 10.00
         draw     D1 3d open until 20
         exclude  A9 until 9                                 -> AccountUnknown
         exclude  A1 until 9                                 -> done 10.00
         bet      A1 D1 straight 123 1.00                    -> AccountExcluded 9
         deposit  A1 1.00                                    -> AccountExcluded 9
         exclude  A1 until 8.999                             -> ExclusionShorter 9
         exclude  A1 until 9                                 -> done 10.00
         exclude  A1 until 10                                -> done 10.00
         withdraw A1 1.00                                    -> done 9.00
         transfer A1 A2 1.00                                 -> done 8.00
         #h hold  A1 1.00 until 20                           -> done 7.00
         post     A1 #h all                                  -> done 7.00
         deposit  A2 1.00
         transfer A2 A1 1.00                                 -> done 1.00
         wallet   A1                                         -> 8.00 excluded until 10
         at 9.999999999
         bet      A1 D1 straight 123 1.00                    -> AccountExcluded 10
         at 10
         bet      A1 D1 straight 123 1.00                    -> accepted 7.00 room wide
         deposit  A1 1.00                                    -> done 8.00
         // What has passed is in force no more.
         exclude  A1 until 5                                 -> done 8.00
         deposit  A1 1.00                                    -> done 9.00",
    );
}

#[test]
fn suspended_comes_before_excluded() {
    check(
        "game     3d
         account  A1
         deposit  A1 10.00
         draw     D1 3d open until 20
         exclude  A1 until 9
         suspend  A1
         bet      A1 D1 straight 123 1.00                    -> AccountSuspended
         deposit  A1 1.00                                    -> AccountExcluded 9
         withdraw A1 1.00                                    -> AccountSuspended",
    );
}

#[test]
fn an_operators_command_about_an_account_has_an_operators_id() {
    check(
        "account  A1
         #x by 1 credit A1 5.00                              -> done 0.00
         #x by 1 credit A1 5.00                              -> again done 0.00
         #x by 1 credit A1 6.00                              -> IdReused
         #x by 2 credit A1 6.00                              -> done 0.00
         #x deposit A1 1.00                                  -> done 1.00
         #x by 1 credit A1 5.00                              -> again done 1.00
         wallet   A1                                         -> 1.00 credit 6.00",
    );
}

#[test]
fn what_is_owed_has_a_highest() {
    let claims = "claim A1 10000000000.00\n".repeat(1_000);
    check(&format!(
        "account  A1
         {claims}
         wallet   A1                                         -> 0.00 owed 10000000000000.00
         claim    A1 0.01                                    -> BalanceTooLarge 0.00
         forgive  A1 0.05
         credit   A1 5.00
         claim    A1 0.06                                    -> BalanceTooLarge 0.05
         claim    A1 0.05                                    -> done 0.00"
    ));
}
