"""Short and foreign forms of given names, so that Bob Smith is found beside Robert Smith."""

from __future__ import annotations

_GROUPS = """
alexander aleksander alex aleks sasa sascha sandro alessandro alejandro
alexandra aleksandra sandra sasha
andrew andy drew andreas andrej andrea andre
anna ana anne ann anja ania hannah hana
anthony tony anton antonio toni tone
barbara barb barbi
benjamin ben benny
catherine katherine kathryn kate katie cathy kathy katarina katja ekaterina katia
charles charlie chuck karl carl carlo carlos
christopher chris kristof krystof cristoforo
christine christina kristina tina kristine
daniel dan danny danijel danilo
david dave davide davor
dimitri dmitri dimitrij mitja
edward ed eddie ted eduard eduardo
elizabeth liz lizzie beth betty elisabeth elizabeta lisa elisa
francis frank francois franz francesco franc france franci
frederick fred freddy friedrich federico
george georg georgi jurij jure georgios giorgio giorgi jorge
gregory greg gregor grega
helen helena elena eleni jelena
henry harry heinrich enrico hank henrik
jacob jake jakob jaka giacomo
james jim jimmy jamie
john johnny jack johann johannes hans ivan jan janez giovanni juan jean ioannis
joseph joe joey josef josip joze giuseppe jose pepe
julia julija giulia julie
louis lou lewis ludwig luigi luis ljudevit
margaret maggie meg peggy marjeta margareta greta
mary maria marija marie marija mara
martin marty martino
matthew matt matthias matej matija matteo mateo matevz
michael mike mick mickey michel mihael miha michele miguel michal mikhail
nicholas nick nicky nikolaus nikola niko klaus nicola nikolaj
patricia pat patty trish patrizia
paul paulo paolo pavel pablo pavle
peter pete petr pietro pedro petros
philip phil filip philipp filippo
richard rick rich dick rihard riccardo ricardo
robert rob bob bobby bert roberto
rebecca becky becca rebeka
samuel sam sammy
stephen steve steven stefan stefano stepan stjepan stevan esteban
susan sue susie susanne suzana zuzana
theodore theo teodor
thomas tom tommy tomaz tomas tommaso toma
timothy tim timotej
victor vic viktor vittorio
vladimir vlado vladislav
william will bill billy wilhelm guglielmo vilijem
"""

CANONICAL: dict[str, str] = {
    name: group.split()[0] for group in reversed(_GROUPS.strip().splitlines())
    for name in group.split()
}  # fmt: skip
"""The name that stands for each of its forms, all of them folded."""
