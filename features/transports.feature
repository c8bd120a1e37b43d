Feature: One call, several ways to carry it

  Scenario Outline: Alice over <hers> and Bob over <his>
    Given Alice uses Squirrel350 phone over <hers>
    Given Bob uses Chipmunk5000 phone over <his>
    When Alice calls Bob
    Then Bob answers the phone
    And Alice and Bob talk for 1 second
    Then Bob hangs up the phone
    Then Alice receives BYE

    Examples:
      | hers         | his          |
      | tcp          | tcp          |
      | udp          | tcp          |
      | udp via IPv6 | tcp via IPv6 |
