"""The vault: licences, certificates and other papers of a partner, with what they are valid for and who looked at them."""
