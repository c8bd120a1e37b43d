Feature: One scenario, every device model
  What a test asks of phones must hold for all of them. Each row is a model of its own.

  Scenario Outline: <caller> calls <callee>
    Given Alice uses <caller> phone
    And Bob uses <callee> phone
    When Alice calls Bob
    Then Bob rings
    When Bob answers the call
    Then Alice and Bob talk for 1 second
    When Alice puts the call on hold
    Then Bob sees the call held
    When Alice resumes the call
    Then Bob hears Alice
    And Alice hears Bob
    When Bob sends DTMF "42#"
    Then Alice receives DTMF "42#"
    When Bob hangs up
    Then Alice receives BYE

    Examples:
      | caller       | callee       |
      | generic      | generic      |
      | Squirrel350  | Chipmunk5000 |
      | Chipmunk5000 | Squirrel350  |
      | DeskY        | DeskP        |
      | DeskP        | DeskG        |
      | DeskG        | DeskY        |
      | DeskY-T2x    | DeskG801     |
      | DeskP650     | DeskY-T2x    |
      | DeskG801     | DeskP650     |
