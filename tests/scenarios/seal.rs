//! What a draw is closed with, and that its result quotes it.

use tests::table::check;

#[test]
fn a_draw_is_sealed_as_it_closes_and_its_result_quotes_the_seal() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9
         draw    D3 3d open until 90
         #t bet  A1 D1 straight 123 1.00, D2 straight 5 2.00, D1 rambolito 321 2.00
         #u bet  A1 D1 straight 777 3.00
         cancel  A1 #u
         sealed  D1                                          -> no bets 0 stake 0.00 worst 0.00
         settle  D1 unsealed 123                             -> DrawState open
         at 9
         tick
         // 450.00 and 150.00.
         sealed  D1                                          -> sealed bets 2 stake 3.00 worst 600.00
         settle  D1 unsealed 123                             -> SealDiffers
         settle  D1 like D2 123                              -> SealDiffers
         // Whatever else is wrong.
         settle  D1 like D2 1000 5                           -> SealDiffers
         settle  D1 123 5                                    -> ResultCount 1
         settle  D1 123
         settle  D1 unsealed 123                             -> DrawState settled
         close   D3
         sealed  D3                                          -> sealed bets 0 stake 0.00 worst 0.00
         settle  D3 123
         ended   D3                                          -> at 9",
    );
}

#[test]
fn a_draw_can_be_closed_sealed_and_settled_within_one_tick() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9
         bet     A1 D1 straight 123 1.00
         close   D1
         + settle D1 123
         ended   D1                                          -> no
         tick
         ended   D1                                          -> at 0
         balance A1                                          -> 549.00",
    );
}

#[test]
fn what_an_operator_takes_back_after_the_close_stays_sealed() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 final
         #t bet  A1 D1 straight 123 1.00
         #u bet  A1 D1 straight 123 2.00
         at 9
         tick
         annul   A1 #u
         sealed  D1                                          -> sealed bets 2 stake 3.00 worst 1350.00
         seen    D1                                          -> closed bets 1 stake 1.00 escrow 1.00
         ticket  A1 #u                                       -> cancelled
         settle  D1 123
         seen    D1                                          -> settling bets 1 stake 1.00 escrow 450.00 paid 0.00 to 0 of 1
         tick
         // The one that was taken back may still have its turn: it is not paid.
         tick
         balance A1                                          -> 549.00
         sealed  D1                                          -> sealed bets 2 stake 3.00 worst 1350.00",
    );
}

/// A ticket of 64 bets.
fn long(account: &str) -> String {
    let bets = ["D1 straight 123 1.00"; 64].join(", ");
    format!("bet {account} {bets} -> accepted *\n")
}

#[test]
fn a_large_draw_is_sealed_over_several_ticks() {
    let tickets = long("A1").repeat(9);
    check(&format!(
        "ledger  sealed 300
         game    3d
         account A1
         deposit A1 1000.00
         draw    D1 3d open until 9 final
         {tickets}
         at 9
         // So many per tick, in whole blocks of 256; the first of them at the close.
         settle  D1 123                                      -> SealPending 256
         sealed  D1                                          -> under way bets 576 stake 576.00 worst 259200.00
         settle  D1 unsealed 123                             -> SealPending 512
         + settle D1 1000 1                                  -> SealPending 512
         settle  D1 123
         sealed  D1                                          -> sealed bets 576 stake 576.00 worst 259200.00"
    ));
}

#[test]
fn what_is_taken_back_while_a_draw_is_sealed_has_its_turn() {
    let tickets = long("A1").repeat(8);
    check(&format!(
        "ledger  sealed 256
         game    3d
         account A1
         account A2
         deposit A1 1000.00
         deposit A2 1000.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9
         #a bet  A2 D1 straight 123 2.00
         {tickets}
         #b bet  A2 D1 straight 123 3.00
         // What is taken back before the close is not sealed, and uses up no turn.
         cancel  A2 #a
         close   D1
         sealed  D1                                          -> under way bets 513 stake 515.00 worst 231750.00
         annul   A2 #b
         + settle D1 123                                     -> SealPending 512
         seen    D1                                          -> closed bets 512 stake 512.00 escrow 512.00
         settle  D1 123
         sealed  D1                                          -> sealed bets 513 stake 515.00 worst 231750.00"
    ));
}

#[test]
fn what_is_called_off_is_sealed_no_further() {
    let tickets = long("A1").repeat(5);
    check(&format!(
        "ledger  sealed 256 payouts 1000
         game    3d
         account A1
         account A2
         deposit A1 1000.00
         share   A1 10%
         draw    D1 3d open until 9
         draw    D2 3d open until 9
         {tickets}
         void    D2
         sealed  D2                                          -> no bets 0 stake 0.00 worst 0.00
         close   D1
         + void  D1
         tick
         tick
         sealed  D1                                          -> under way bets 320 stake 320.00 worst 144000.00
         seen    D1                                          -> void bets 0 stake 0.00 escrow 0.00
         settle  D1 unsealed 123                             -> DrawState void
         posted  D1                                          -> nothing
         balance A1                                          -> 1000.00"
    ));
}

#[test]
fn both_principals_quote_the_seal() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9 confirmed
         draw    D2 3d open until 9
         bet     A1 D1 straight 123 1.00
         at 9
         tick
         by 1 settle D1 like D2 123                          -> SealDiffers
         by 1 settle D1 123
         by 2 settle D1 like D2 123                          -> SealDiffers
         by 2 settle D1 like D2 124                          -> SealDiffers
         by 2 settle D1 124                                  -> ResultDiffers
         drawn   D1                                          -> nothing
         by 2 settle D1 123
         drawn   D1                                          -> 123",
    );
}
